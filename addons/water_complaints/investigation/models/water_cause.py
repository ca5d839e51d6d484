from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WaterCause(models.Model):
    """Why it came to a complaint (成因): what investigations find, two levels deep (S3.2.2c)."""

    _name = "water.cause"
    _inherit = ["water.code.mixin", "water.mixin"]
    _description = "Cause of a Complaint"
    _parent_store = True
    _order = "sequence, code"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    parent_id = fields.Many2one("water.cause", string="Family", index=True, ondelete="restrict")
    parent_path = fields.Char(index=True, export_string_translation=False)
    child_ids = fields.One2many("water.cause", "parent_id", string="Causes")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "A cause with this code exists already.")

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A cause cannot belong to itself."))
