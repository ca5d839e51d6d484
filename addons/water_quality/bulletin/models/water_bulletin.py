from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.apart import each_apart
from odoo.addons.water_service_desk.base.trust import trusted

from ..spans import LENGTHS, begins
from .water_bulletin_plan import KINDS


class WaterBulletin(models.Model):
    """A report on a day, week, month or year: figures, trend, causes, places, words of customers.

    The system draws it up; somebody edits the text, in both languages, and sends it. The figures
    are kept as they were drawn, so that what was sent can be printed again.
    """

    _name = "water.bulletin"
    _inherit = ["water.steps.mixin", "water.never.deleted.mixin"]
    _description = "Bulletin"
    _order = "period_start desc, kind, id desc"
    _given_at_birth = frozenset({"company_id"})

    name = fields.Char(compute="_compute_name", store=True)
    plan_id = fields.Many2one(
        "water.bulletin.plan",
        string="Plan of Bulletins",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    kind = fields.Selection(KINDS, string="Rhythm", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    period_start = fields.Date(string="Begins", required=True, readonly=True)
    period_end = fields.Date(string="Ends", compute="_compute_period_end", store=True)
    state = fields.Selection(
        [("draft", "Draft"), ("sent", "Sent")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
    )
    text_zh = fields.Text(string="Text in Chinese", help="Above the figures; edit it.")
    text_en = fields.Text(string="Text in English")
    words = fields.Text(
        string="Words of Customers",
        help="Taken from answers of the period, without names and numbers. Read and shorten them.",
    )
    words_read = fields.Boolean(
        string="Words Have Been Read", help="They are printed and sent only then."
    )
    content = fields.Json(readonly=True, copy=False, help="The figures as they were drawn up.")
    drawn_at = fields.Datetime(string="Drawn up at", readonly=True, copy=False)
    sent_at = fields.Datetime(readonly=True, copy=False)
    sent_by_id = fields.Many2one("res.users", string="Sent by", readonly=True, copy=False)
    copy_ids = fields.One2many(
        "water.bulletin.copy", "bulletin_id", string="Sent to", readonly=True
    )

    _period_uniq = models.Constraint(
        "UNIQUE (company_id, kind, period_start)", "There is a bulletin of this period already."
    )

    @api.depends("kind", "period_start")
    def _compute_period_end(self):
        for row in self:
            row.period_end = row.period_start and row._end() - timedelta(days=1)

    @api.depends("kind", "period_start")
    def _compute_name(self):
        forms = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}
        for row in self:
            row.name = row.period_start and row.period_start.strftime(forms[row.kind])

    def _end(self):
        """The first day after it."""
        return self.period_start + LENGTHS[self.kind]

    @api.model
    def _settled_message(self):
        return self.env._("A bulletin that was sent is not edited.")

    # -- drawing up ----------------------------------------------------------------------------

    @api.model
    def _cron_bulletins(self):
        """Scheduled action: draw up what has ended, and send what may go by itself."""
        each_apart(self.env["water.bulletin.plan"].search([("active", "=", True)]), self._draw_up)
        drafts = self.search([("state", "=", "draft"), ("plan_id.is_automatic", "=", True)])
        now = fields.Datetime.now()
        due = drafts.filtered(lambda row: row.drawn_at + timedelta(days=row.plan_id.days) <= now)
        each_apart(due, type(self)._send)

    @api.model
    def _draw_up(self, plan):
        """The bulletin of the span that ended last, drawn once."""
        company = plan.company_id
        today = fields.Date.context_today(self.with_context(tz=company._water_tz()))
        start = begins(plan.kind, today) - LENGTHS[plan.kind]
        key = [("company_id", "=", company.id), ("kind", "=", plan.kind)]
        found = self.search([*key, ("period_start", "=", start)])
        if found:
            return found
        values = {"plan_id": plan.id, "kind": plan.kind, "company_id": company.id}
        bulletin = trusted(self.sudo()).create({**values, "period_start": start})
        bulletin._redraw()
        return bulletin

    def _redraw(self):
        """Take the figures anew, and write the text that follows from them."""
        for row in trusted(self.sudo()):
            row.write({"content": row._content(), "drawn_at": fields.Datetime.now()})
            row.write(
                {
                    "text_zh": row._in("zh_CN")._drafted(),
                    "text_en": row._in("en_US")._drafted(),
                    "words": row._words(),
                    "words_read": False,
                }
            )

    def _in(self, language):
        """The bulletin in a language, or in that of the company where it is not installed."""
        installed = dict(self.env["res.lang"].get_installed())
        known = language if language in installed else self.company_id.partner_id.lang
        return self.with_context(lang=known)

    def action_redraw(self):
        """Draw a draft up anew; what was edited goes.

        :raises AccessError: by anybody but supervisors, quality and managers
        :raises UserError: for what was sent
        """
        self._check_role()
        self._redraw()
        return True

    def _check_role(self):
        self.check_access("read")
        if not self._is_manager():
            raise AccessError(self.env._("Supervisors, quality and managers keep bulletins."))
        if any(row.state != "draft" for row in self):
            raise UserError(self._settled_message())
