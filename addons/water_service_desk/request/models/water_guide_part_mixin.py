from odoo import api, fields, models


class WaterGuidePartMixin(models.AbstractModel):
    """A row of a guide: free while the guide is a draft, fixed with it afterwards."""

    _name = "water.guide.part.mixin"
    _description = "Belongs to a Guide"
    _order = "guide_id, sequence, id"

    guide_id = fields.Many2one("water.guide", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.guide_id._check_draft()
        return parts

    def write(self, vals):
        self.guide_id._check_draft()
        result = super().write(vals)
        self.guide_id._check_draft()  # nor is a row moved into a guide in force
        return result

    def unlink(self):
        self.guide_id._check_draft()
        return super().unlink()
