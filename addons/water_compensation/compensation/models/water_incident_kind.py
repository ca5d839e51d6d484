from odoo import api, fields, models

#: (nature, planned) of a kind → its default failure for compensation
OWED = {
    ("outage", False): "supply",
    ("outage", True): "planned",
    ("pressure", False): "pressure",
    ("pressure", True): "pressure",
}


class WaterIncidentKind(models.Model):
    """The failure that the kind stands for in a compensation scheme (domain 4)."""

    _inherit = "water.incident.kind"

    owed_for = fields.Selection(
        [
            ("supply", "Supply not restored in time"),
            ("planned", "Planned outage: notice, and longer than announced"),
            ("pressure", "Low pressure again and again"),
            ("none", "Only a notice about the water"),
        ],
        compute="_compute_owed_for",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="A notice to boil the water, or not to drink or use it, is owed for in any case.",
    )

    @api.depends("nature", "is_planned")
    def _compute_owed_for(self):
        for kind in self:
            kind.owed_for = OWED.get((kind.nature, kind.is_planned), "none")
