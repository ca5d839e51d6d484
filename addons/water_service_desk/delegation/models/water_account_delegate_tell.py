from odoo import models
from odoo.fields import Domain

from ...base.trust import trusted
from ...privacy.scrub import GONE


class WaterAccountDelegate(models.Model):
    """What a delegate, or whoever is invited to be one, is told, and where."""

    _inherit = "water.account.delegate"

    def _message_case(self):
        return self

    def _message_link(self):
        return {}

    def _message_address(self, medium):
        """An invitation goes where the holder has said, everything later to his own login."""
        row = self.sudo()
        if row.partner_id:
            return row.partner_id._water_address(medium)
        phone = row.company_id._water_phone(row.phone)
        return {"mail": row.email, "sms": phone}.get(medium)

    def _mail_address(self):
        """Where the mail goes."""
        return self._message_address("mail")

    def _customer_number(self):
        return self.sudo().account_id.code

    def _customer_due(self):
        return self.expires_at

    def _customer_name(self):
        return self.sudo().name

    def _customer_link(self):
        """The link of the invitation as long as it is open, else the list; no key for the staff."""
        base = f"{self.get_base_url()}/my/delegates"
        is_open = self.env.su and self.state == "invited"
        return f"{base}/accept/{self._token()}" if is_open else base

    def _customer_lang(self):
        """His own language, as long as none is known that of who invites him."""
        row = self.sudo()
        return row.partner_id.lang or row.holder_id.lang or super()._customer_lang()

    def _holder_name(self):
        """Who invites, as the invited person reads it."""
        return self.sudo().holder_id.name or ""

    def _right_labels(self):
        """What he may do, in words, in the language of the environment."""
        labels = {
            "sees_cases": self.env._("see the cases of the account"),
            "files_cases": self.env._("file cases and answer for the account"),
            "keeps_visits": self.env._("confirm, move and cancel appointments"),
            "sees_money": self.env._("see the compensations of the account"),
        }
        return [label for name, label in labels.items() if self[name]]

    def _rights_line(self):
        """All of it in one line."""
        return " · ".join(self._right_labels())

    def _short_account(self):
        """Enough of the account to be recognised by whoever knows it, before he has accepted."""
        account = self.sudo().account_id
        return f"{account.code} {account.address_masked or ''}".strip()

    def _tell_invited(self):
        template = self.env.ref("water_service_desk.mail_template_delegate_invitation")
        self.env["water.message"]._queue(template, self)

    def _tell_delegate(self):
        template = self.env.ref("water_service_desk.mail_template_delegate_ended")
        self.env["water.message"]._queue(template, self)

    def _erase_person(self):
        """Take the person out whose data is erased; that there was a delegate stays."""
        self._end("ended", "resigned")
        gone = {"name": GONE, "email": False, "phone": False}
        trusted(self.sudo()).write(gone)
        self._erase_news()

    def _erase_news(self):
        """What either was told of the other by mail; what is under way goes once it is sent."""
        # sudo: water.account.event, mail.mail - of the person who is erased
        events = self.env["water.account.event"].sudo().search([("delegate_id", "in", self.ids)])
        about = Domain("model", "=", self._name) & Domain("res_id", "in", self.ids)
        about |= Domain("model", "=", events._name) & Domain("res_id", "in", events.ids)
        self.env["mail.mail"].sudo().search(about)._erase_sent()
