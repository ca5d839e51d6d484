from odoo import api, models

from ...base.marks import marked
from ..masking import MASKS

PRIVACY = "water_service_desk.group_privacy"
STAFF = (
    "water_service_desk.group_agent,water_service_desk.group_department,"
    "water_service_desk.group_quality,water_service_desk.group_integration"
)


class WaterExportMixin(models.AbstractModel):
    """A model with personal data: ``water.export`` masks it wherever it is taken out (S2.2.4)."""

    _name = "water.export.mixin"
    _description = "Exports are Kept"

    @api.model
    def _export_masks(self):
        """Return {field: mask} of personal data, as declared at the fields; heirs add Odoo's
        own.
        """
        return {name: MASKS[kind] for name, kind in marked(self, "water_mask").items()}

    def _export_customers(self):
        """Return the records that hold data of customers: all of them, unless a model mixes."""
        return self

    @api.model
    def _exports_plain(self):
        """Return whether exports are unmasked: for privacy officers, and people outside the
        service.
        """
        user = self.env.user
        return self.env.su or user.has_group(PRIVACY) or not user.has_groups(STAFF)
