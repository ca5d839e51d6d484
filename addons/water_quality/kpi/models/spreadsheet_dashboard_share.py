from odoo import api, models
from odoo.exceptions import AccessError


class SpreadsheetDashboardShare(models.Model):
    """Odoo publishes a copy of a dashboard, to whoever has its address, without a log or an end.

    What the service shows leaves the house by exports, which are kept, and by bulletins, which
    somebody answers for; an erasure would not find what stands in a copy either (S2.2.4).
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
        """Nor are copies opened that were made before."""
        super()._check_dashboard_access(access_token)
        if self._shows_the_service():
            raise AccessError(self._closed_message())

    @api.model
    def _closed_message(self):
        return self.env._(
            "Dashboards of the service are not published: whoever has the address would read the"
            " figures without signing in. Export them, or send a bulletin."
        )

    def _shows_the_service(self):
        """Whether the dashboard, or the copy that somebody hands in, names a model of ours."""
        # sudo: spreadsheet.dashboard - which models it goes by, nothing of them
        dashboard = self.sudo().dashboard_id
        named = dashboard.main_data_model_ids.mapped("model")
        if any(model.startswith("water.") for model in named):
            return True
        texts = (self.sudo().spreadsheet_data, dashboard.spreadsheet_data)
        return any('"water.' in (text or "") for text in texts)
