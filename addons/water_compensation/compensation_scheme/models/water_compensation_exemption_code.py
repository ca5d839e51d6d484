from odoo import fields, models


class WaterCompensationExemptionCode(models.Model):
    """A reason for refusing or reducing a compensation, with evidence and approval (domain 4.1)."""

    _name = "water.compensation.exemption.code"
    _inherit = ["water.code.mixin", "water.mixin"]
    _description = "Kind of Exemption"
    _order = "sequence, code"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    sequence = fields.Integer(default=10)
    effect = fields.Selection(
        [("void", "No compensation"), ("suspend", "The time does not count")],
        required=True,
        default="void",
        help="“So long as” exemptions stop the time; they do not void the claim.",
    )
    evidence = fields.Char(string="Evidence Needed", translate=True)
    source = fields.Char(help="Law and clause, or page.")
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "A kind with this code exists already.")
