from odoo import fields, models

from ...base.telling import tell_staff
from ...privacy.models.water_erasure_mixin import PRIVACY

OWN_DATA = "water_service_desk.category_pd01"


class WaterRequest(models.Model):
    """Somebody asks for his own data: to see, to correct, to erase it (PIPL art. 44 to 50)."""

    _inherit = "water.request"

    def _is_own_data(self):
        own_data = self.env.ref(OWN_DATA, raise_if_not_found=False)
        return bool(own_data) and self.category_id == own_data

    def _own_line(self, line):
        """The law counts from the receipt, whatever paper is still missing."""
        mine = super()._own_line(line)
        from_receipt = line.kind == "close" and self._is_own_data()
        return mine._replace(start_on="received") if from_receipt else mine

    def _restart_clocks(self, kinds):
        mine = self.filtered(lambda case: case._is_own_data())
        clocks = super(WaterRequest, self - mine)._restart_clocks(kinds)
        return clocks | mine._start_clocks("received", at=fields.Datetime.now(), kinds=kinds)

    def _after_create(self, vals_list):
        super()._after_create(vals_list)
        self._tell_privacy_officers()

    def _tell_privacy_officers(self):
        """They hand out and erase; the desk answers as for every request."""
        # sudo: res.groups - who keeps personal data is asked for by the system
        officers = self.env.ref(PRIVACY).sudo().all_user_ids
        for case in self.sudo().filtered(lambda row: row._is_own_data()):
            tell_staff(
                case,
                case._may_hear(officers),
                lambda row: row.env._("%s: a customer asks for their own data", row.name),
            )
