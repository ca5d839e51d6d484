from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import MANAGER
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said


class WaterSatisfactionSurvey(models.Model):
    """A survey among customers by a third party, at least once a year (S2.2.2; ISO 10004).

    The sample is drawn from the settled cases of a period by their numbers, so that nobody chooses
    who is asked; the third party asks, its results are read in, and the figures are published with
    what is done about them. Who was not reached is counted apart from who was.
    """

    _name = "water.satisfaction.survey"
    _inherit = ["water.steps.mixin", "water.never.deleted.mixin", "mail.thread"]
    _description = "Satisfaction Survey"
    _order = "date_to desc, id desc"
    _mail_post_access = "read"
    _given_at_birth = frozenset({"company_id"})

    name = fields.Char(required=True, help="Such as: Survey 2026.", tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    agency = fields.Char(string="Third Party", help="Who asks the customers.")
    date_from = fields.Date(string="Settled from", required=True)
    date_to = fields.Date(string="Settled until", required=True)
    size = fields.Integer(string="Sample", required=True, default=400, aggregator=None)
    seed = fields.Char(
        required=True,
        help="Words that decide who is drawn. When the sample is drawn the system adds some of its"
        " own, which nobody knows before; with both anybody can draw again.",
    )
    population = fields.Integer(
        string="Customers in Question", readonly=True, copy=False, aggregator=None
    )
    drawn_at = fields.Datetime(string="Drawn", readonly=True, copy=False)
    line_ids = fields.One2many(
        "water.satisfaction.survey.line", "survey_id", string="Sample Drawn", readonly=True
    )
    measures = fields.Text(
        string="What Is Done about It", help="Published with the figures, in customers' words."
    )
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    published_at = fields.Datetime(string="Published on", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("drawn", "Being Asked"),
            ("closed", "Results Counted"),
            ("published", "Published"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )

    _size_sane = models.Constraint(
        "CHECK (size BETWEEN 1 AND 20000)", "A sample holds 1 to 20,000 cases."
    )
    _period_sane = models.Constraint(
        "CHECK (date_to >= date_from)", "The period ends after it begins."
    )

    @api.constrains("date_to", "state")
    def _check_period(self):
        for row in self.filtered(lambda one: one.state != "draft"):
            if row.date_to >= row.company_id._water_today():
                raise ValidationError(self.env._("The period has not ended yet."))

    def _check_by_hand(self, names):
        if names == {"measures"} and all(row.state in ("drawn", "closed") for row in self):
            self._refuse_kept(names)
        else:
            super()._check_by_hand(names)

    @api.model
    def _settled_message(self):
        return self.env._("The sample is drawn: period, size and seed stay as they were.")

    def _check_turn(self, state):
        """:raises AccessError: outside quality and supervisors
        :raises UserError: at another step
        """
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Quality and supervisors look after surveys."))
        if any(row.state != state for row in self):
            raise UserError(self.env._("This survey is not at that step."))

    def action_close(self):
        """All answers are read in: the figures are counted and stay.

        :raises UserError: while nobody has answered
        """
        self._check_turn("drawn")
        for row in self:
            if not row.answered_count:
                raise UserError(self.env._("Read the results of the third party in first."))
        return trusted(self).write({"state": "closed", "closed_by_id": self.env.uid})

    def action_publish(self):
        """Show the figures to everybody.

        :raises AccessError: by anybody but a manager, and by who has counted them
        :raises UserError: without a word on what is done about them
        """
        self._check_turn("closed")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("A manager publishes the figures."))
        for row in self:
            if row.closed_by_id == self.env.user:
                raise AccessError(self.env._("Somebody else publishes what you have counted."))
            if not said(row.measures):
                raise UserError(self.env._("Say what is done about it before it is published."))
        now = fields.Datetime.now()
        values = {"state": "published", "published_by_id": self.env.uid, "published_at": now}
        return trusted(self).write(values)

    def action_read_in(self):
        """Open the dialog that reads the results of the third party in."""
        self._check_turn("drawn")
        known = {"default_kind": "water.satisfaction.survey.line"}
        return windows.dialog("water.table.import.wizard", self.env._("Import a Table"), known)
