from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    water_repeat_days = fields.Integer(
        string="Look Back for Repeats",
        default=30,
        help="Days within which cases of the same telephone, account or address are shown.",
    )
    water_repeat_contacts = fields.Integer(
        string="Contacts that Alert",
        default=2,
        help="Supervisors are notified after this many contacts on one matter (E5).",
    )

    _water_repeats_sane = models.Constraint(
        "CHECK (water_repeat_days > 0 AND water_repeat_contacts >= 2)",
        "Look back one day at least, and alert at two contacts at the earliest.",
    )
