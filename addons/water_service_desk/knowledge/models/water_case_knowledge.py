from odoo import fields, models
from odoo.exceptions import UserError

from ...base.trust import trusted
from ..placeholders import facts_named, fill_in

#: Most articles that one save may report as opened; a screen offers five at a time.
MOST_OPENED = 20


def _ids(value):
    found = value if isinstance(value, list) else []
    return [id_ for id_ in found if isinstance(id_, int) and 0 < id_ < 2**31][:MOST_OPENED]


class WaterCaseMixin(models.AbstractModel):
    """Articles cited in a case, and texts filled with its facts (S1.2)."""

    _inherit = "water.case.mixin"
    _counters = {"article_use_count": "water.article.use"}

    #: texts for the customer in which facts of the case are filled in
    _told_fields = ()

    article_id = fields.Many2one(
        "water.article",
        string="Knowledge Article",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        check_company=True,
        domain=[("state", "=", "published")],
        help="What the answer is based on.",
    )
    article_use_ids = fields.One2many("water.article.use", string="Articles Used")
    #: what happened on the screen before the case was saved: {"opened": [ids], "suggested": [ids]}
    article_trace = fields.Json(store=False, export_string_translation=False)
    article_use_count = fields.Integer(string="Number of Articles", compute="_compute_counts")

    # -- use ------------------------------------------------------------------------------------

    def _note_trace(self, trace, cited):
        trace = trace if isinstance(trace, dict) else {}
        opened, suggested = (_ids(trace.get(name)) for name in ("opened", "suggested"))
        if opened:
            found = self.env["water.article"].search([("id", "in", opened)])
            self._note_articles(opened=found)
        if cited:
            how = "suggested" if cited.id in suggested else "cited"
            self._note_articles(**{how: cited})

    def _note_articles(self, **articles):
        """Write down for each case which articles were used, and how.

        :param articles: water.article by ``how`` of ``water.article.use``
        :raises UserError: for an article that is not published, or cited and not in force
        """
        uses = self.env["water.article.use"]
        link, now = uses._case_field(self._name), fields.Datetime.now()
        rows = [
            {
                link: case.id,
                "article_id": article.id,
                "version_number": article._version_number(),
                "user_id": self.env.uid,
                "at": now,
                "how": how,
            }
            for case in self
            for how, used in articles.items()
            for article in used.sudo()
        ]
        if any(not article.is_published for used in articles.values() for article in used.sudo()):
            raise UserError(self.env._("Only published articles are used in cases."))
        told = [used.sudo() for how, used in articles.items() if how != "opened"]
        if any(article.state != "published" for used in told for article in used):
            raise UserError(self.env._("Customers are answered by articles that are in force."))
        # sudo: water.article.use - written by this service alone
        trusted(uses.sudo()).create(rows)

    def action_open_articles(self):
        """Open which articles were used in the case."""
        return self._open_children("water.article.use", self.env._("Articles Used"))

    # -- facts in texts -------------------------------------------------------------------------

    def _fill_in_customer_texts(self, names):
        for name in set(self._told_fields) & set(names):
            for case in self.filtered(lambda case, name=name: facts_named(case[name])):
                text = case._fill_in(case[name])
                if text != case[name]:
                    case[name] = text

    def _fill_in(self, text):
        """Return ``text`` with the facts of the case, as the customer reads them.

        :param text: a str or Markup with placeholders such as ``{number}`` or ``{承诺时间}``
        """
        self.ensure_one()
        wanted = facts_named(text)
        return fill_in(text, self._facts(wanted)) if wanted else text

    def _facts(self, wanted):
        """{name: value} of the facts in ``wanted``, in the customer's language."""
        # sudo: case - texts for customers may contain their own facts
        case = self.sudo().with_context(lang=self._customer_lang())
        values = {
            "number": lambda: case.name,
            "customer": lambda: case.contact_name if self._is_desk() else case.contact_masked,
            "category": lambda: case.category_id.public_name or case.category_id.name,
            "promised": lambda: case._customer_time(case._counted_on()),
            "hotline": lambda: case.company_id.water_hotline,
            "link": lambda: case._customer_door(),
            "agent": lambda: self.env.user.name,
            "company": lambda: case.company_id.name,
        }
        return {name: values[name]() for name in wanted}

    def message_post(self, *, body="", **kwargs):
        """Fill facts into messages of the chatter, such as canned responses."""
        typed = kwargs.get("message_type") == "comment"
        if typed and len(self) == 1 and facts_named(body):
            body = self._fill_in(body)
        return super().message_post(body=body, **kwargs)

    def _note_given_articles(self, vals_list):
        for case, vals in zip(self, vals_list, strict=True):
            trace = vals.get("article_trace")
            if vals.get("article_id") or trace:
                case._note_trace(trace, case.article_id)
        self._fill_in_customer_texts(set().union(*vals_list))

    def _on_article(self, before, vals):
        for case in self:
            old = before[case.id].get("article_id", case.article_id)
            cited = case.article_id if case.article_id != old else case.browse()
            case._note_trace(vals.get("article_trace"), cited)
