from odoo import api, models
from odoo.exceptions import UserError

from ...base.models.water_setup import KEEPER, SYSTEM

#: Most mailboxes opened.
MAILBOXES = 20


class WaterSetup(models.AbstractModel):
    """Addresses that customers write to, and the way their mails come in."""

    _inherit = "water.setup"

    @api.model
    def _steps(self):
        company = self.env.company
        missing = self._missing_addresses(company)
        return [
            *super()._steps(),
            self._step(
                "mail_address",
                100,
                self.env._("Addresses for Mails"),
                missing,
                "water_service_desk.action_department",
                why=self.env._("Mails to a department's address become cases."),
                group=KEEPER,
                is_needed=False,
            ),
            self._step(
                "mail_in",
                105,
                self.env._("Mailboxes"),
                self._missing_mail_in(),
                "mail.action_email_server_tree",
                why=self.env._("Test: each mailbox is opened, no mails are fetched."),
                group=SYSTEM,
                is_needed=False,
            ),
        ]

    def _missing_addresses(self, company):
        if not company.alias_domain_id:
            return [self.env._("The company has no mail domain (Settings, Discuss)")]
        domain = self._of_company("water.department", company)
        if self.env["water.department"]._answering().filtered_domain(domain):
            return []
        return [self.env._("No department has an address")]

    def _missing_mail_in(self):
        has_box = self.env["fetchmail.server"].search_count([("state", "=", "done")], limit=1)
        if has_box or self.env["water.inbound.mail"].search_count([], limit=1):
            return []
        return [self.env._("No mailbox is fetched, and no mail has come in yet")]

    @api.model
    def _try_mail_in(self):
        boxes = (
            self.env["fetchmail.server"].with_context(active_test=False).search([], limit=MAILBOXES)
        )
        if not boxes:
            raise UserError(self.env._("There is no mailbox to open."))
        for box in boxes:
            box.button_confirm_login()  # raises its own error
        return self.env._("Opened: %s", self._named(boxes))
