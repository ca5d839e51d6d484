from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...base import windows
from ...base.isolated import run_each_isolated
from ...base.roles import AGENT, QUALITY, SUPERVISOR
from ...base.true_only import true_only
from ...base.trust import is_trusted, is_uninstalling, trusted
from ..search_terms import INDEX_FUNCTION, search_terms

#: Texts of an article: changes of a published one are stored as versions.
TEXTS = ("name", "keywords", "customer_text", "body")
#: Written by the buttons alone.
KEPT = frozenset({"is_published", "published_at", "is_reminded", "reviewed_on"})
EDITORS = (SUPERVISOR, QUALITY)
#: Articles reminded of per committed batch.
REVIEW_BATCH = 100
#: How many articles are offered while the agent types.
OFFERED = 5
#: Letters of an article that are shown below its title.
SNIPPET = 90
#: Columns of the index, the smallest first: the title, and all texts. Weights: title A, keywords B,
#: text for customers C, the rest D.
HEAD = "water_search_vector(name, 'A') || water_search_vector(keywords, 'B')"
VECTORS = {
    "search_head": HEAD,
    "search_all": f"{HEAD} || water_search_vector(customer_text, 'C')"
    " || water_search_vector(body, 'D')",
}


def _id(value):
    return value if isinstance(value, int) and 0 < value < 2**31 else False


class WaterArticle(models.Model):
    """An article (知识条目, S1.2): text for customers, and instructions for staff.

    Supervisors and quality write articles, owners their own; other staff read published ones.
    Earlier texts of a published article stay readable.
    """

    _name = "water.article"
    _inherit = ["mail.thread", "mail.activity.mixin", "water.mixin"]
    _description = "Knowledge Article"
    _keeps_files = False
    _keeps_what_is_shown = True
    _settable_on_create = frozenset({"code"})
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

    is_published = fields.Boolean(string="Published", readonly=True, copy=False, tracking=True)
    review_months = fields.Integer(string="Review Every (Months)", default=6)
    review_on = fields.Date(string="Next Review", tracking=True, copy=False)
    reviewed_on = fields.Date(string="Last Review", readonly=True, copy=False)
    is_reminded = fields.Boolean(readonly=True, copy=False)
    is_review_due = fields.Boolean(
        string="Due for Review", compute="_compute_is_review_due", search="_search_is_review_due"
    )

    _review_sane = models.Constraint(
        "CHECK (review_months BETWEEN 1 AND 60)", "A review is due after 1 to 60 months."
    )
    # few rows among all, for the scheduled action
    _review_idx = models.Index("(review_on) WHERE is_published IS TRUE AND is_reminded IS NOT TRUE")

    content = fields.Char(compute="_compute_content", search="_search_content")

    # -- display --------------------------------------------------------------------------------

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
        """Count for every reader: how often an article helps is no secret, only in which case."""
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
        """Create articles as drafts, ignoring values and context defaults of the caller."""
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
        """Store the published texts as a version if they have changed."""
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
        """Withdraw the articles: they are no longer offered."""
        self.check_access("write")
        trusted(self).write({"is_published": False})
        self._close_review()
        return True

    # -- reading, using, judging ----------------------------------------------------------------

    def action_read(self, case=None):
        """Open the article beside the case; logged if the case is saved.

        :param case: ``[model, id]`` of the present case, or None
        :raises AccessError: if the user may not read the article or the case
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
        """Open the dialog to report an error to the owner."""
        self.ensure_one()
        defaults = {"default_article_id": self.id, "default_kind": "wrong"}
        return windows.dialog("water.article.feedback", self.env._("Something Is Wrong"), defaults)

    def action_open_uses(self):
        """Open the cases in which the article was used, as far as the user may see them."""
        return self._open_rows("water.article.use", self.env._("Used in Cases"), "list,pivot")

    def action_open_versions(self):
        """Open earlier versions."""
        return self._open_rows("water.article.version", self.env._("Versions"))

    def action_open_feedback(self):
        """Open what readers think of the article."""
        return self._open_rows("water.article.feedback", self.env._("Feedback"))

    def _open_rows(self, model, title, modes="list,form"):
        self.ensure_one()
        domain = [("article_id", "=", self.id)]
        return windows.rows(model, title, domain, {"create": False}, modes)

    # -- review --------------------------------------------------------------------------------
    # Published articles are reviewed: their owner is reminded once when it is due.

    @api.depends("review_on", "is_published", "company_id")
    @api.depends_context("company")
    def _compute_is_review_due(self):
        for article in self:
            today = article.company_id._water_today()
            due = article.review_on and article.review_on <= today
            article.is_review_due = bool(article.is_published and due)

    @api.model
    @true_only
    def _search_is_review_due(self):
        return Domain("is_published", "=", True) & self.env["res.company"]._water_each_day(
            "company_id", lambda day: Domain("review_on", "<=", day)
        )

    @api.constrains("review_on", "is_published")
    def _check_review(self):
        for article in self:
            if article.is_published and not article.review_on:
                raise ValidationError(self.env._("A published article has a date of its review."))

    def action_reviewed(self):
        """The owner or an editor has looked: it still holds, until the next review."""
        self.check_access("write")
        for article in self:
            today = article.company_id._water_today()
            review = article._next_review()
            trusted(article).write({"reviewed_on": today, "review_on": review})
        return True

    def _next_review(self):
        return self.company_id._water_today() + relativedelta(months=self.review_months)

    def _close_review(self):
        self.activity_unlink(["water_service_desk.mail_activity_type_review"])

    @api.model
    def _cron_remind(self):
        due = self.search(Domain("is_review_due", "=", True) & Domain("is_reminded", "=", False))
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for start in range(0, len(due), REVIEW_BATCH):
            batch = due[start : start + REVIEW_BATCH]
            run_each_isolated(batch.try_lock_for_update(), type(self)._remind)
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    def _remind(self):
        for article in self:
            owner = article.owner_id
            spoken = article.with_context(lang=owner.lang or self.env.lang)
            article.activity_schedule(
                "water_service_desk.mail_activity_type_review",
                date_deadline=article.review_on,
                summary=spoken.env._("Review: %(article)s", article=spoken.name),
                user_id=owner.id,
            )
        trusted(self).write({"is_reminded": True})

    # -- search --------------------------------------------------------------------------------
    # Search of articles by typed text, in Chinese and English at once (S1.2).
    #
    # The database keeps the terms of all languages in two columns of its own, each with an
    # inverted index; title goes before keywords, and these before the text.

    def init(self):
        """Give the table the columns and indexes of the search."""
        if self._abstract:
            return
        cr, table = self.env.cr, SQL.identifier(self._table)
        cr.execute(SQL(INDEX_FUNCTION))
        for column, vector in VECTORS.items():
            name = SQL.identifier(column)
            generated = SQL("tsvector GENERATED ALWAYS AS (%s) STORED", SQL(vector))
            cr.execute(SQL("ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s", table, name, generated))
            index = SQL.identifier(f"{self._table}_{column}_idx")
            cr.execute(
                # read all day, written now and then: no list of entries that wait to be sorted in
                SQL(
                    "CREATE INDEX IF NOT EXISTS %s ON %s USING gin (%s) WITH (fastupdate = off)",
                    index,
                    table,
                    name,
                )
            )

    def _compute_content(self):
        """Show no value: the field is only searched."""
        self.content = False

    @api.model
    def _search_content(self, operator, value):
        """Articles that hold all words of ``value``, each at least as a beginning."""
        if operator == "in":
            words = [word for word in value if isinstance(word, str)]
            return Domain.OR(self._search_content("ilike", word) for word in words)
        if operator not in ("ilike", "like", "=ilike") or not isinstance(value, str):
            return NotImplemented
        terms = search_terms(value)
        if not terms:
            return Domain.FALSE if value.strip() else Domain.TRUE
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s @@ %s", SQL.identifier(alias, "search_all"), self._tsquery(terms, "&")
            )
        )

    @api.model
    def _tsquery(self, terms, sign):
        return SQL("to_tsquery('pg_catalog.english', %s)", f" {sign} ".join(terms))

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **options):
        """Sort the best match first in searches by content."""
        query = super()._search(domain, offset, limit, order, **options)
        words = " ".join(
            leaf.value
            for leaf in Domain(domain).iter_conditions()
            if leaf.field_expr in ("content", "display_name") and isinstance(leaf.value, str)
        )
        terms = search_terms(words)
        if terms and order == self._order and not query.is_empty():
            rank = SQL(
                "ts_rank(%s, %s) DESC",
                SQL.identifier(self._table, "search_all"),
                self._tsquery(terms, "|"),
            )
            query.order = SQL("%s, %s", rank, self._order_to_sql(order, query))
        return query

    # -- while the agent types ------------------------------------------------------------------

    @api.model
    def suggest(self, text="", category_id=False, partner_id=False, case=None):
        """Return articles and canned responses that fit a call being registered.

        :param text: typed so far
        :param category_id: id of the case's water.category, or False
        :param partner_id: id of the customer, for the language of answers, or False
        :param case: ``[model, id]`` of a saved case, whose facts are filled in, or None
        :raises AccessError: for anyone but agents
        :return: ``{"articles": [{id, code, title, snippet, answer}], "blocks": [{id, title,
            text}]}``
        """
        if not self.env.user.has_group(AGENT):
            raise AccessError(self.env._("Only service agents are offered articles."))
        category = self.env["water.category"].browse(_id(category_id)).exists()
        partner = self.env["res.partner"].browse(_id(partner_id)).exists()
        lang = partner.lang or self.env.company.partner_id.lang or self.env.lang
        articles = self._best(text if isinstance(text, str) else "", category)
        return {
            "articles": [article._offer(lang) for article in articles],
            "blocks": self.env["mail.canned.response"]._water_offer(category, lang, case),
        }

    @api.model
    def _best(self, text, category, limit=OFFERED, shown=Domain.TRUE):
        """The published articles that fit best, best first.

        :param text: free text; any of its terms in title or keywords will do, or all anywhere
        :param category: water.category, may be empty: its articles are offered as well
        :param shown: domain of those that come into question
        """
        terms = search_terms(text)
        if not (terms or category):
            return self.browse()
        query = self._search(Domain("state", "=", "published") & shown)
        table, head = self._table, SQL.identifier(self._table, "search_head")
        some, every = self._tsquery(terms, "|"), self._tsquery(terms, "&")
        same = SQL(
            "%s = ANY(ARRAY("
            "SELECT article_id FROM water_article_category_rel WHERE category_id IN %s))",
            SQL.identifier(table, "id"),
            (category.id or 0, category.parent_id.id or 0),
        )
        found = SQL("%s @@ %s", head, some)
        everywhere = SQL("%s @@ %s", SQL.identifier(table, "search_all"), every)
        query.add_where(SQL("(%s OR %s OR %s)", found, everywhere, same))
        query.order = SQL(
            "ts_rank(%s, %s) * CASE WHEN %s THEN 1.2 ELSE 1 END DESC, %s DESC, %s DESC, %s",
            head, some, same, everywhere, same, SQL.identifier(table, "id"),
        )  # fmt: skip
        query.limit = limit
        return self.browse(query.get_result_ids())

    def _offer(self, lang):
        """Return an article for the panel, with its text for the answer."""
        answer = self.with_context(lang=lang).customer_text or ""
        shown = " ".join((self.customer_text or "").split())
        return {
            "id": self.id,
            "code": self.code,
            "title": self.name,
            "snippet": shown[:SNIPPET] + ("…" if len(shown) > SNIPPET else ""),
            "answer": answer,
        }
