from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base.roles import QUALITY


class WaterDestructionReport(models.AbstractModel):
    """The protocol of a destruction (销毁清册): it names cases and digests, no customers."""

    _name = "report.water_complaints.report_destruction"
    _description = "Destruction Protocol"

    @api.model
    def _get_report_values(self, docids, data=None):
        if not (self.env.su or self.env.user.has_group(QUALITY)):
            raise AccessError(self.env._("Only quality prints destruction protocols."))
        docs = self.env["water.destruction"].browse(docids)
        docs.check_access("read")
        return {"doc_ids": docids, "doc_model": docs._name, "docs": docs, "lang": self.env.lang}
