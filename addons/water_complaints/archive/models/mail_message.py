from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base.trust import is_trusted

#: What a message says, and whose it is; marks of its readers are left to them.
WORDS = frozenset(
    {
        *("subject", "body", "date", "author_id", "email_from", "model", "res_id"),
        *("message_type", "subtype_id", "attachment_ids", "tracking_value_ids", "parent_id"),
    }
)


class MailMessage(models.Model):
    """The thread of an archived complaint stays as it is (S3.2.4b).

    A mail that a customer sends to it later is kept, for nothing he writes may be lost, and so is
    what the system itself notes (an appeal, for instance): both are entered by the thread, not
    by hand.
    """

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            self._check_water_thread(
                [vals.get("res_id") for vals in vals_list if vals.get("model") == "water.complaint"]
            )
        return super().create(vals_list)

    def write(self, vals):
        if WORDS & vals.keys():
            self._check_water_kept()
        return super().write(vals)

    def unlink(self):
        self._check_water_kept()
        return super().unlink()

    def _check_water_kept(self):
        if not is_trusted(self.env):
            # sudo: mail.message - asked whose they are, not what they say
            mine = self.sudo().filtered(lambda message: message.model == "water.complaint")
            self._check_water_thread(mine.mapped("res_id"))

    @api.model
    def _check_water_thread(self, case_ids):
        """Refuse whatever would change the thread of an archived complaint, whoever asks."""
        ids = [number for number in case_ids if number]
        # sudo: water.complaint - asked for its state
        cases = self.env["water.complaint"].sudo().browse(ids).exists() if ids else ()
        if any(case.state == "archived" for case in cases):
            raise AccessError(
                self.env._(
                    "The thread of an archived complaint stays as it is. Register a new case if"
                    " something else has come up."
                )
            )
