from odoo import fields, models

from ...base.moments import day_text
from .water_account_bill import cubic_metres


class WaterAccountReading(models.Model):
    """A reading of an account's meter."""

    _name = "water.account.reading"
    _inherit = ["water.billed.mixin", "water.mixin"]
    _description = "Meter Reading of an Account"
    _order = "read_on desc, id desc"
    _rec_name = "read_on"
    _day = "read_on"

    number = fields.Char(string="Reading Number")
    read_on = fields.Date(required=True, readonly=True)
    value = fields.Float(string="Reading (m³)", digits=(12, 2), required=True, readonly=True)
    kind = fields.Selection(
        [
            ("read", "Read"),
            ("remote", "Sent by the meter"),
            ("customer", "Told by the customer"),
            ("estimated", "Estimated"),
        ],
        string="How Read",
        required=True,
        readonly=True,
        default="read",
    )

    # -- account -------------------------------------------------------------------------------

    def _portal_row(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "read_on": day_text(self.read_on),
            "value": cubic_metres(self.env, self.value),
            "kind": kinds[self.kind],
        }
