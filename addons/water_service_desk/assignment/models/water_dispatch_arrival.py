from odoo import api, fields, models


class WaterDispatch(models.Model):
    """Whether a department has said that its people are on site: it is not asked again."""

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
            said = arrivals.grouped(link)
            for dispatch in accepted.filtered(link):
                own = dispatch._payload()
                dispatch.has_arrived = any(
                    row.payload == own and row.at >= dispatch.accepted_at
                    for row in said.get(dispatch[link], ())
                )
        (self - self.filtered("accepted_at")).has_arrived = False
