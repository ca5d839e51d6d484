from odoo import fields, models

from ...base.trust import trusted


class WaterAccountChange(models.Model):
    """How whoever was reached before is told that he is no longer, or that money goes elsewhere."""

    _inherit = "water.account.change"

    def _tell(self):
        """Tell each former contact once, at the address that he had before the first change."""
        template = self.env.ref("water_service_desk.mail_template_account_change")
        first = self.browse()
        for change in trusted(self):
            change.write(change._earliest_contact())
            key = (change.partner_id, change.company_id)
            if key not in {(one.partner_id, one.company_id) for one in first}:
                first |= change
        for change in first:
            if self.env["water.message"]._queue(template, change):
                trusted(change).told_at = fields.Datetime.now()

    def _earliest_contact(self):
        """Where he was reached before the oldest change that nobody has confirmed yet."""
        domain = [("partner_id", "=", self.partner_id.id), ("state", "=", "waiting")]
        older = self.search([*domain, ("id", "<", self.id)], order="id", limit=1)
        values = {"old_email": older.old_email, "old_phone": older.old_phone}
        return values if any(values.values()) else {}

    # -- who is told --------------------------------------------------------------------------

    def _message_case(self):
        return self

    def _message_link(self):
        return {}

    def _message_address(self, medium):
        change = self.sudo()
        phone = change.company_id._water_phone(change.old_phone)
        return {"mail": change.old_email, "sms": phone}.get(medium)

    def _mail_address(self):
        """Where the mail goes."""
        return self._message_address("mail")

    def _customer_number(self):
        return self.sudo().account_id.code or ""

    def _customer_due(self):
        return self.frozen_until

    def _customer_name(self):
        """No name: whoever reads it was reached there before, and need not be the customer now."""
        return ""

    def _customer_link(self):
        return f"{self.get_base_url()}/my"

    def _change_sentence(self):
        """What has been changed, as a sentence in the language of the environment."""
        account = self._customer_number()
        day = self._customer_time(self.at)
        if not account:
            return self.env._("Your contact or bank account with us was changed on %s.", day)
        facts = {"account": account, "day": day}
        return {
            "holder": self.env._("The account %(account)s got another holder on %(day)s.", **facts),
            "merged": self.env._("The account %(account)s got another holder on %(day)s.", **facts),
            "payee": self.env._(
                "For your account %(account)s money was awarded to somebody else on %(day)s.",
                **facts,
            ),
            "contact": self.env._(
                "Your contact for the account %(account)s was changed on %(day)s.", **facts
            ),
            "bank": self.env._(
                "The bank account for your account %(account)s was changed on %(day)s.", **facts
            ),
        }[self.kind]

    def _hotline_sentence(self):
        """Where to turn at once."""
        hotline = self.company_id.water_hotline
        if hotline:
            return self.env._("If this was not you, please call us right now: %s.", hotline)
        return self.env._("If this was not you, please tell us right now.")

    # -- erasure ------------------------------------------------------------------------------

    def _erase_person(self):
        """Take the person out whose data is erased; that there was a change stays."""
        gone = dict.fromkeys(("before", "after", "old_email", "old_phone"), False)
        trusted(self.sudo()).write(gone)
