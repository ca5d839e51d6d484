from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WaterShift(models.Model):
    """The roster (班次): who works at which queue and when."""

    _name = "water.shift"
    _inherit = ["water.mixin"]
    _description = "Shift"
    _order = "begin_at, id"
    _rec_name = "user_id"

    queue_id = fields.Many2one("water.queue", required=True, index=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", string="Person", required=True, index=True, domain="[('share', '=', False)]"
    )
    begin_at = fields.Datetime(string="Shift Begins", required=True, index=True)
    end_at = fields.Datetime(string="Shift Ends", required=True)
    note = fields.Char()
    company_id = fields.Many2one(related="queue_id.company_id", store=True, index=True)

    @api.constrains("begin_at", "end_at")
    def _check_times(self):
        if any(row.end_at <= row.begin_at for row in self):
            raise ValidationError(self.env._("A shift ends after it begins."))
