from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_water_use_representatives = fields.Boolean(
        "Representatives", implied_group="water_complaints.group_use_representatives"
    )
    group_water_use_negotiation = fields.Boolean(
        "Negotiation Rounds", implied_group="water_complaints.group_use_negotiation"
    )
    group_water_use_legal_holds = fields.Boolean(
        "Legal Holds and Destruction", implied_group="water_complaints.group_use_legal_holds"
    )
