from odoo import api, fields, models


class WaterDispatch(models.Model):
    """Whether a department's people have arrived, so that nobody types it twice."""

    _inherit = "water.dispatch"

    has_arrived = fields.Boolean(compute="_compute_has_arrived", export_string_translation=False)

    @api.depends("state")
    def _compute_has_arrived(self):
        """One question for all cards of a board: chains are long, and arrivals are few."""
        accepted = self.filtered("accepted_at").sudo()
        for link in self._case_models():
            # sudo: water.case.event - of the department's own work
            arrivals = accepted.env["water.case.event"].search(
                [(link, "in", accepted[link].ids), ("kind", "=", "arrived")]
            )
            by_case = arrivals.grouped(link)
            for dispatch in accepted.filtered(link):
                dispatch.has_arrived = any(
                    (row.payload or {}).get("department") == dispatch.department_id.code
                    and row.at >= dispatch.sent_at
                    for row in by_case.get(dispatch[link], ())
                )
        (self - self.filtered("accepted_at")).has_arrived = False
