from odoo import models
from odoo.exceptions import AccessError


class WaterCaseMixin(models.AbstractModel):
    """The thread of a case is added to by Odoo's own ways, each message by whoever writes it."""

    _inherit = "water.case.mixin"

    def _on_file_taken_back(self, file):
        """Whoever has put a wrong file on the case takes it away again; the case remembers which.

        :param file: ir.attachment that no message and no record refers to
        :raises UserError: for what is sealed
        """
        self.ensure_one()
        self._check_unsealed()
        self._log_events("file_removed", {"files": {file.name: file.checksum}})

    def _message_auto_subscribe(self, updated_values, followers_existing_policy="skip"):
        """People are told by the service that needs them, not by following (query budget)."""
        return True

    def activity_schedule(self, *args, **kwargs):
        """As Odoo does; no caller's key keeps a to-do from being made."""
        told = self.with_context(mail_activity_automation_skip=False)
        return super(WaterCaseMixin, told).activity_schedule(*args, **kwargs)

    def _refuse_new(self, vals_list):
        for vals in vals_list:
            self._refuse_messages(vals)
        return super()._refuse_new(vals_list)

    def _refuse_write(self, vals):
        self._refuse_messages(vals)
        return super()._refuse_write(vals)

    def _refuse_messages(self, vals):
        """No message comes in as a command to the case's field."""
        if {"message_ids", "website_message_ids"} & vals.keys():
            raise AccessError(
                self.env._(
                    "What was said about a case stays as it is. Write another message instead."
                )
            )
