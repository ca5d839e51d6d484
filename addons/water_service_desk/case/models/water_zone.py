from odoo import fields, models


class WaterZone(models.Model):
    """A supply zone (供水片区): where incidents spread and crews are sent."""

    _name = "water.zone"
    _description = "Supply Zone"
    _order = "sequence, code"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: shared by all companies.")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "A zone with this code exists already."
    )
