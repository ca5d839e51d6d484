from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...base import windows
from ...base.roles import QUALITY, SUPERVISOR
from ...base.trust import is_trusted, is_uninstalling, trusted

#: What an article says: each change of a published one is kept as a version.
TEXTS = ("name", "keywords", "customer_text", "body")
#: Written by the buttons alone.
KEPT = frozenset({"is_published", "published_at", "is_reminded", "reviewed_on"})
EDITORS = (SUPERVISOR, QUALITY)


class WaterArticle(models.Model):
    """A piece of knowledge (知识条目, S1.2): what the customer may be told, and how staff find out.

    Supervisors and quality write articles, and each article's owner his own; everybody else of
    the staff reads the published ones. What a published article said before stays readable.
    """

    _name = "water.article"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Knowledge Article"
    _keeps_files = False
    _keeps_what_is_shown = True
    _given_at_birth = frozenset({"code"})
    _order = "sequence, id"
    _rec_names_search = ["code", "content"]
    _check_company_auto = True

    # Odoo shows the next to-do, and searches by all, without asking whether they are open to one
    activity_ids = fields.One2many(bypass_search_access=False)
    activity_summary = fields.Char(related_sudo=False)
    activity_type_id = fields.Many2one(related_sudo=False)

    name = fields.Char(string="Title", required=True, translate=True)
    code = fields.Char(string="Number", required=True, readonly=True, copy=False, default="/")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    keywords = fields.Char(
        translate=True, help="Other words for it, as customers say them, separated by spaces."
    )
    customer_text = fields.Text(
        string="For the Customer",
        translate=True,
        help="What the customer may be told, word for word. It is put into the answer.",
    )
    body = fields.Html(
        string="For Staff Only",
        translate=True,
        help="What to ask, to check and to mind. Never told to customers as it stands.",
    )
    category_ids = fields.Many2many(
        "water.category",
        "water_article_category_rel",
        "article_id",
        "category_id",
        string="Categories",
        help="A family stands for all of its categories.",
    )
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="Answers for what the article says, and is reminded of its review.",
    )
    published_at = fields.Datetime(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("planned", "Not valid yet"),
            ("published", "Published"),
            ("expired", "Expired"),
        ],
        string="Status",
        compute="_compute_state",
        search="_search_state",
    )
    valid_from = fields.Date(tracking=True, copy=False)
    valid_to = fields.Date(tracking=True, copy=False, help="The last day on which it holds.")
    can_edit = fields.Boolean(compute="_compute_can_edit", export_string_translation=False)
    version_ids = fields.One2many("water.article.version", "article_id", string="Versions")
    use_ids = fields.One2many("water.article.use", "article_id", string="Used in Cases")
    feedback_ids = fields.One2many("water.article.feedback", "article_id")
    version_count = fields.Integer(compute="_compute_counts")
    use_count = fields.Integer(string="Times Used", compute="_compute_counts")
    helped_count = fields.Integer(string="Times Helpful", compute="_compute_counts")
    wrong_count = fields.Integer(string="Open Remarks", compute="_compute_counts")
    company_id = fields.Many2one("res.company", help="Empty: shared by all companies.")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code != '/'", "This number is taken already."
    )
    _dates_sane = models.Constraint(
        "CHECK (valid_to >= valid_from)", "An article cannot expire before it holds."
    )
    # -- what is shown --------------------------------------------------------------------------

    @api.depends("code", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for article in self:
            number = article.code if article.code != "/" else ""
            article.display_name = " ".join(part for part in (number, article.name) if part)

    @api.depends("is_published", "valid_from", "valid_to")
    def _compute_state(self):
        today = self.env.company._water_today()
        for article in self:
            if not article.is_published:
                article.state = "draft"
            elif article.valid_to and article.valid_to < today:
                article.state = "expired"
            else:
                late = article.valid_from and article.valid_from > today
                article.state = "planned" if late else "published"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._water_today()
        public = Domain("is_published", "=", True)
        expired, planned = Domain("valid_to", "<", today), Domain("valid_from", ">", today)
        domains = {
            "draft": ~public,
            "planned": public & planned & ~expired,
            "published": public & ~expired & ~planned,
            "expired": public & expired,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("owner_id")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        editor = self._is_editor()
        for article in self:
            article.can_edit = editor or article.owner_id == self.env.user

    @api.model
    def _is_editor(self):
        return self.env.su or any(map(self.env.user.has_group, EDITORS))

    def _compute_counts(self):
        """Counted for everybody: how often an article helps is no secret, only in which case."""
        for name, model, domain in (
            ("version_count", "water.article.version", []),
            ("use_count", "water.article.use", []),
            ("helped_count", "water.article.feedback", [("kind", "=", "helped")]),
            (
                "wrong_count",
                "water.article.feedback",
                [("kind", "=", "wrong"), ("is_done", "=", False)],
            ),
        ):
            # sudo: a number alone
            found = self.env[model].sudo()
            mine = [("article_id", "in", self._origin.ids)]
            counts = dict(found._read_group(mine + domain, ["article_id"], ["__count"]))
            for article in self:
                article[name] = counts.get(article._origin, 0)

    # -- create and write -----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Articles begin as drafts, whatever the caller or a default in his context says."""
        if not is_trusted(self.env):
            vals_list = [
                {name: value for name, value in vals.items() if name not in KEPT}
                | dict.fromkeys(KEPT, False)
                for vals in vals_list
            ]
        for vals in vals_list:
            if vals.get("code", "/") == "/":
                vals["code"] = self.env["ir.sequence"].next_by_code("water.article") or "/"
        return super().create(vals_list)

    def write(self, vals):
        if not is_trusted(self.env) and KEPT & vals.keys():
            raise UserError(self.env._("Use the buttons to publish, withdraw or review."))
        result = super().write(vals)
        if "review_on" in vals:
            super(WaterArticle, trusted(self)).write({"is_reminded": False})
        if vals.keys() & set(TEXTS):
            self.filtered("is_published")._keep_version()
        if "review_on" in vals or vals.get("active") is False:
            self._close_review()
        return result

    @api.ondelete(at_uninstall=True)
    def _unlink_drafts_only(self):
        published = any(article.published_at for article in self)
        if published and not is_uninstalling(self.env):
            raise UserError(self.env._("Staff have worked by this article: archive it instead."))

    def _keep_version(self):
        """Keep what the published articles say now, unless it is kept already."""
        # sudo: water.article.version - written by this service alone
        versions = trusted(self.env["water.article.version"].sudo())
        for article in self:
            article.flush_recordset(TEXTS)
            texts = {
                name: article._fields[name]._get_stored_translations(article) for name in TEXTS
            }
            latest = versions.search([("article_id", "=", article.id)], limit=1)
            changed = [name for name in TEXTS if (latest.texts or {}).get(name) != texts[name]]
            if changed:
                versions.create(
                    {
                        "article_id": article.id,
                        "number": latest.number + 1,
                        "texts": texts,
                        "changed": changed if latest else [],
                        "at": fields.Datetime.now(),
                        "user_id": self.env.uid,
                    }
                )

    def _version_number(self):
        """Number of the version that holds now, 0 before the first publication."""
        # sudo: water.article.version - a number alone
        return max(self.sudo().version_ids.mapped("number"), default=0)

    # -- publishing -----------------------------------------------------------------------------

    def action_publish(self):
        """Make the articles known to the whole staff, from their first day of validity on.

        :raises UserError: when something that readers need is missing
        """
        self.check_access("write")
        for article in self:
            article._check_complete()
            values = {"is_published": True, "published_at": fields.Datetime.now()}
            if not article.review_on:
                values["review_on"] = article._next_review()
            trusted(article).write(values)
        self._keep_version()
        return True

    def _check_complete(self):
        missing = [
            self._fields[name]._description_string(self.env)
            for name in ("category_ids", "customer_text")
            if not self[name]
        ]
        if missing:
            raise UserError(
                self.env._(
                    "%(article)s cannot be published yet: fill in %(fields)s.",
                    article=self.display_name,
                    fields=missing,
                )
            )

    def action_withdraw(self):
        """Take the articles back to draft: nobody is offered them any more."""
        self.check_access("write")
        trusted(self).write({"is_published": False})
        self._close_review()
        return True

    # -- reading, using, judging ----------------------------------------------------------------

    def action_read(self, case=None):
        """Open the article for reading beside the case; with a saved case, that is kept.

        :param case: ``[model, id]`` of the case at hand, or nothing
        :raises AccessError: when the article or the case is not the user's to see
        """
        self.ensure_one()
        self.check_access("read")
        known = self.env["water.article.use"]._known_case(case)
        if known:
            known._note_articles(opened=self)
        view = self.env.ref("water_service_desk.water_article_view_read")
        return windows.dialog(self._name, self.name, record_id=self.id, view_id=view.id)

    def action_helped(self):
        """Tell that the article has helped."""
        self._give_feedback("helped")
        return windows.message(self.env._("Thank you."))

    def _give_feedback(self, kind, note=False):
        self.ensure_one()
        self.check_access("read")
        if not self.is_published:
            raise AccessError(self.env._("Only published articles are judged."))
        feedback = self.env["water.article.feedback"]
        return feedback.create({"article_id": self.id, "kind": kind, "note": note})

    def action_wrong(self):
        """Open the dialog that tells the owner what is wrong."""
        self.ensure_one()
        defaults = {"default_article_id": self.id, "default_kind": "wrong"}
        return windows.dialog("water.article.feedback", self.env._("Something Is Wrong"), defaults)

    def action_open_uses(self):
        """Open the cases in which the article was used, as far as the user may see them."""
        return self._open_rows("water.article.use", self.env._("Used in Cases"), "list,pivot")

    def action_open_versions(self):
        """Open what the article said before."""
        return self._open_rows("water.article.version", self.env._("Versions"))

    def action_open_feedback(self):
        """Open what readers think of the article."""
        return self._open_rows("water.article.feedback", self.env._("Feedback"))

    def _open_rows(self, model, title, modes="list,form"):
        self.ensure_one()
        domain = [("article_id", "=", self.id)]
        return windows.rows(model, title, domain, {"create": False}, modes)
