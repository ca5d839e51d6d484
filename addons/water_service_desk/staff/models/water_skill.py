from odoo import api, fields, models

from ...base.models.res_company import check_most

#: A hundred years, in months.
LONGEST = 1200


class WaterSkill(models.Model):
    """A subject that staff must know: water quality, pressure, bills, connections … (S2.2.3)."""

    _name = "water.skill"
    _inherit = ["water.code.mixin", "water.mixin"]
    _description = "Skill"
    _order = "sequence, code"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(string="What It Takes", translate=True, help="What an exam asks for.")
    validity_months = fields.Integer(
        string="Valid for (Months)", default=24, help="From the day of the exam; 0: for good."
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "A skill with this code exists already.")
    _validity_sane = models.Constraint(
        "CHECK (validity_months >= 0)", "A skill is valid for some months, or for good."
    )

    @api.constrains("validity_months")
    def _check_validity(self):
        check_most(self, "validity_months", LONGEST)
