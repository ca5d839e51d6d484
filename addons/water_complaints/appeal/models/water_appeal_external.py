from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said

from .water_appeal import OPEN_STATES


class WaterAppeal(models.Model):
    """The customer has gone to somebody outside (E8): a body, its number, and our statement.

    The body decides when it likes; until its limit it has our statement, as it has the answer
    to an order. Where it names none, the days of the company's panel hold (proposal).
    """

    _inherit = "water.appeal"

    external_body = fields.Char(
        readonly=True, help="Appeal to somebody outside: the body that asks or decides."
    )
    external_number = fields.Char(
        string="Number of the Body", readonly=True, help="Under which the body has the matter."
    )
    external_due_at = fields.Datetime(
        string="Limit of the Body", readonly=True, help="Until when it wants our statement."
    )
    statement = fields.Text(
        string="Statement to the Body", readonly=True, help="What the company says of the matter."
    )
    stated_at = fields.Datetime(string="Stated on", readonly=True)
    stated_by_id = fields.Many2one("res.users", string="Stated by", readonly=True)
    can_state = fields.Boolean(compute="_compute_can_state", export_string_translation=False)

    @api.depends("state", "level", "stated_at")
    @api.depends_context("uid")
    def _compute_can_state(self):
        head = self.env.su or self.env.user.has_group(SUPERVISOR)
        for appeal in self:
            outside = appeal.level == "external" and appeal.state in OPEN_STATES
            appeal.can_state = head and outside and not appeal.stated_at

    @api.model
    def _check_external(self, values):
        """A matter of another body has that body's number, and a limit that is not over.

        :raises UserError: without the number
        :raises ValidationError: for a limit that is over
        """
        if not said(values["external_number"]):
            raise UserError(self.env._("Give the number under which the other body has it."))
        due = values["external_due_at"]
        if due and fields.Datetime.to_datetime(due) <= fields.Datetime.now():
            raise ValidationError(self.env._("The new limit must lie in the future."))

    def _statement_clock(self):
        """Values of the clock of our statement."""
        case, now = self.complaint_id.sudo(), fields.Datetime.now()
        if not self.external_due_at:
            return self._own_clock("statement", self.company_id.water_panel_days)
        due = case._before_body(self.external_due_at, now)
        values = case._given_clock("appeal", due, self.external_body)
        own = {"appeal_id": self.id, "appeal_step": "statement"}
        return {**values, **own, "provisional": self._is_statement_provisional()}

    def _is_statement_provisional(self):
        """Whether our limit rests on days of which nobody knows yet whether people work."""
        return self.company_id._water_calendar()._water_is_unknown(self.external_due_at)

    def action_state(self):
        """Open the dialog that keeps the statement that the body was given."""
        return self._own_dialog("state", self.env._("Statement to the Body"))

    def _state(self, text):
        """The body has our statement: its clock is met.

        :param text: what the company says of the matter
        :raises AccessError: by anybody below supervisor, or when it is not due
        :raises UserError: without words
        """
        self.check_access("read")
        if not self.can_state:
            raise AccessError(self.env._("Only a supervisor states the matter to another body."))
        if not said(text):
            raise UserError(self.env._("Write what the body is told."))
        now = fields.Datetime.now()
        values = {"statement": text, "stated_at": now, "stated_by_id": self.env.uid}
        trusted(self.sudo()).write(values)
        self._log_events("stated", {"number": self.external_number or ""})
        self._clocks_of("statement")._meet(now)
