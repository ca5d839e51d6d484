from odoo import api, fields, models
from odoo.exceptions import AccessError


class WaterEscalationNotice(models.Model):
    """That one person has been told of one step of one clock: once, whatever happens."""

    _name = "water.escalation.notice"
    _inherit = "water.kept.mixin"
    _description = "Escalation Notice"
    _order = "id desc"
    _allow_sudo_commands = False

    deadline_id = fields.Many2one(
        "water.deadline", required=True, readonly=True, index=True, ondelete="cascade"
    )
    step_id = fields.Many2one(
        "water.escalation.step", required=True, readonly=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True)
    at = fields.Datetime(required=True, readonly=True)

    _once = models.Constraint(
        "UNIQUE (deadline_id, step_id, user_id)", "This person has been told already."
    )

    @api.model
    def _kept_message(self):
        return self.env._("Escalations are sent by the system alone.")

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("An escalation that was sent is not changed."))
