from odoo import api, models
from odoo.exceptions import AccessError


class SpreadsheetDashboardShare(models.Model):
    """Refuses public copies of dashboards: they have no log and no end.

    Figures leave the company by logged exports and by bulletins with an author; an erasure would
    not reach a copy either (S2.2.4).
    """

    _inherit = "spreadsheet.dashboard.share"

    @api.model_create_multi
    def create(self, vals_list):
        shares = super().create(vals_list)
        if any(share._shows_the_service() for share in shares):
            raise AccessError(self._closed_message())
        return shares

    def write(self, vals):
        result = super().write(vals)
        if any(share._shows_the_service() for share in self):
            raise AccessError(self._closed_message())
        return result

    def _check_dashboard_access(self, access_token):
        """Refuse copies made before as well."""
        super()._check_dashboard_access(access_token)
        if self._shows_the_service():
            raise AccessError(self._closed_message())

    @api.model
    def _closed_message(self):
        return self.env._(
            "Service dashboards are not published: anyone with the address could read the figures "
            "without signing in. Export them, or send a bulletin."
        )

    def _shows_the_service(self):
        # sudo: spreadsheet.dashboard - only its models are read
        dashboard = self.sudo().dashboard_id
        named = dashboard.main_data_model_ids.mapped("model")
        if any(model.startswith("water.") for model in named):
            return True
        texts = (self.sudo().spreadsheet_data, dashboard.spreadsheet_data)
        return any('"water.' in (text or "") for text in texts)
