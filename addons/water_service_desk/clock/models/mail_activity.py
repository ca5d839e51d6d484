from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    water_deadline_id = fields.Many2one(
        "water.deadline",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        groups=fields.NO_ACCESS,
        export_string_translation=False,
        help="The time limit that it is about: it moves and ends with it.",
    )
