from odoo import fields, models

COPY_KINDS = [
    ("original", "Original to show"),
    ("copy", "Copy"),
    ("both", "Original and copy"),
    ("form", "Form filled in"),
]


class WaterGuideMaterial(models.Model):
    """One paper or proof that a customer brings (S2.3.2b)."""

    _name = "water.guide.material"
    _inherit = ["water.guide.part.mixin", "water.mixin"]
    _description = "Material of a Guide"

    name = fields.Char(string="Material")
    kind = fields.Selection(COPY_KINDS, required=True, default="both")
    copies = fields.Integer(default=1)
    mandatory = fields.Boolean(default=True)
    note = fields.Char(translate=True, help="When it is needed, where it is to be had.")

    _copies_sane = models.Constraint(
        "CHECK (copies BETWEEN 1 AND 20)", "Between 1 and 20 of each material."
    )

    def _request_values(self, request_id):
        """Values of the row on a request's checklist, in the environment's language.

        :param request_id: id of the water.request
        """
        return {
            "request_id": request_id,
            "guide_material_id": self.id,
            "sequence": self.sequence,
            "name": self.name,
            "kind": self.kind,
            "copies": self.copies,
            "mandatory": self.mandatory,
            "note": self.note,
        }
