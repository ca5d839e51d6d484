from odoo import api, fields, models


class WaterCategory(models.Model):
    """How incidents treat the cases of a category."""

    _inherit = "water.category"

    incident_kind_ids = fields.Many2many(
        "water.incident.kind",
        "water_incident_kind_category_rel",
        "category_id",
        "kind_id",
        string="Linked to Incidents",
        help="Incidents of these kinds take the cases of their area.",
    )
    is_medical = fields.Boolean(
        string="About Injury or Illness",
        help="Never closed together with an incident.",
    )
    has_own_crew = fields.Boolean(
        string="Has Its Own Crew",
        help="A visit is still made when the case belongs to an incident, for example water for a "
        "patient.",
    )

    @api.model
    def _mark_for_incidents(self):
        """Mark the delivered categories once; later choices of the company stay (called by
        data).
        """
        marks = {"is_medical": ("wq05",), "has_own_crew": ("ot07", "wq05")}
        for name, codes in marks.items():
            if not self.with_context(active_test=False).search_count([(name, "=", True)], limit=1):
                for code in codes:
                    category = self.env.ref(f"water_service_desk.category_{code}", False)
                    if category:
                        category[name] = True
