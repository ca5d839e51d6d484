from odoo import models

from odoo.addons.water_service_desk.base.trust import trusted


class WaterIncidentNotice(models.Model):
    """News reach those as well who have said that they are affected."""

    _inherit = "water.incident.notice"

    def _list_cases(self):
        super()._list_cases()
        rows = self.env["water.incident.affected"].search(
            [("incident_id", "=", self.incident_id.id), ("is_subscribed", "=", True)]
        )
        known = self.contact_ids.partner_id
        fresh = rows.filtered(lambda row: row.partner_id not in known)
        trusted(self.env["water.incident.contact"]).create(
            [
                {
                    **self._row(account=row.account_id),
                    "affected_id": row.id,
                    "partner_id": row.partner_id.id,
                }
                for row in fresh
            ]
        )
