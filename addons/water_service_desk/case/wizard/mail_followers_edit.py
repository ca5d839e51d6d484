from odoo import models

from ...base.links import OURS


class MailFollowersEdit(models.TransientModel):
    """Routes answers of new followers to the company, as in all our mails."""

    _inherit = "mail.followers.edit"

    def _prepare_message_values(self, documents, model_name):
        values = super()._prepare_message_values(documents, model_name)
        if str(self.res_model).startswith(OURS):
            del values["reply_to"], values["reply_to_force_new"]
        return values
