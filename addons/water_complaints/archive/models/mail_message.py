from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base.locks import lock_rows
from odoo.addons.water_service_desk.base.trust import is_trusted


class MailMessage(models.Model):
    """Keep the thread of an archived complaint read-only (S3.2.4b).

    Mails that customers send later and notes of the system (an appeal, for instance) are still
    entered: by the thread, not by hand.
    """

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            self._check_water_archived(
                [vals.get("res_id") for vals in vals_list if vals.get("model") == "water.complaint"]
            )
        return super().create(vals_list)

    @api.model
    def _check_water_archived(self, case_ids):
        """Refuse to add to the thread of an archived complaint, also for superusers."""
        ids = [number for number in case_ids if number]
        # sudo: water.complaint - asked for its state
        cases = self.env["water.complaint"].sudo().browse(ids).exists()
        lock_rows(cases)
        if any(case.state == "archived" for case in cases):
            raise AccessError(
                self.env._(
                    "The thread of an archived complaint stays as it is. Register a new case if"
                    " something else has come up."
                )
            )
