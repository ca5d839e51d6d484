from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.water_deadline_pausing import LEAST
from ..models.water_standard_line import UNITS


class WaterPauseWizard(models.TransientModel):
    """Ask for a pause or an extension of a clock, with the reason (S2.3.2c)."""

    _name = "water.pause.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Pause or Extend a Time Limit"

    deadline_id = fields.Many2one(
        "water.deadline",
        string="Time Limit",
        required=True,
        compute="_compute_deadline",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    open_deadline_ids = fields.Many2many("water.deadline", compute="_compute_open_deadlines")
    kind = fields.Selection(
        [("pause", "Pause: the clock stands still"), ("extension", "Extension: the limit moves")],
        required=True,
        default="pause",
    )
    until = fields.Datetime(string="Until at the Latest")
    amount = fields.Float(string="By", default=1)
    unit = fields.Selection(UNITS, default="working_day")
    due_at = fields.Datetime(related="deadline_id.due_at", related_sudo=False, string="Moves from")
    new_due_at = fields.Datetime(string="Moves to", compute="_compute_new_due")
    latest_due_at = fields.Datetime(string="Possible until", compute="_compute_extension")
    extension_fault = fields.Char(compute="_compute_extension", export_string_translation=False)
    reason = fields.Text(required=True)

    @api.depends("case_ids")
    def _compute_open_deadlines(self):
        for wizard in self:
            wizard.open_deadline_ids = wizard._cases()._pausable_clocks()

    @api.depends("case_ids")
    def _compute_deadline(self):
        for wizard in self:
            clocks = wizard._cases()._pausable_clocks()
            closing = clocks.filtered(lambda clock: clock.kind == "close")
            wizard.deadline_id = (closing or clocks)[:1]

    @api.depends("deadline_id")
    def _compute_extension(self):
        """Offer no value that would be refused."""
        for wizard in self:
            clock = wizard.deadline_id
            latest = clock and clock._latest_due()
            wizard.latest_due_at = latest and latest[0]
            wizard.extension_fault = bool(clock) and clock._asking_fault("extension", LEAST)

    @api.depends("deadline_id", "amount", "unit")
    def _compute_new_due(self):
        """Show the new date before it is requested."""
        for wizard in self:
            values = {"amount": wizard.amount, "unit": wizard.unit}
            asked = wizard.deadline_id and wizard.unit and wizard.amount > 0
            wizard.new_due_at = asked and wizard.deadline_id._due_moved("extension", values)

    def action_ask(self):
        """Ask for it; what needs an approval waits for a supervisor.

        :raises UserError: when the clock is not one of the case's, or as the clock says
        """
        if self.deadline_id not in self._cases().deadline_ids:
            raise UserError(self.env._("Choose a time limit of this case."))
        if self.kind == "pause":
            self.deadline_id._request_pause(self.reason, self.until)
        else:
            self.deadline_id._request_extension(self.reason, self.amount, self.unit)
        return {"type": "ir.actions.act_window_close"}
