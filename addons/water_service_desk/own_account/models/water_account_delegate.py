from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.trust import trusted
from ...intake.filing import FilingError, TooManyError, clean_text
from ...privacy.masking import mask_phone
from ..binding import LIMITS, read_amount

DAY = timedelta(days=1)
#: Rights by kind of proof: a code read on the holder's telephone gives the holder's rights.
OPENED = {
    "bill": ("files_cases",),
    "meter": ("files_cases",),
    "code": ("sees_cases", "files_cases", "keeps_visits", "sees_money"),
}


class WaterAccountDelegate(models.Model):
    """A member of the household who has bound the account by its facts.

    A delegate without an invitation: the holder is notified, sees it in the portal and may revoke
    it (S2.2.4). Facts on a bill or meter allow filing; earlier cases open only with the code sent
    to the telephone on file.
    """

    _inherit = "water.account.delegate"

    proof = fields.Selection(
        [
            ("invited", "Invited by the holder"),
            ("bill", "Holder's name and last bill"),
            ("meter", "Holder's name and meter number"),
            ("code", "Code to the telephone on file"),
        ],
        required=True,
        readonly=True,
        default="invited",
    )

    def _sees_bills(self):
        return self.proof in ("bill", "code")

    @api.model
    def _bind(self, partner, values, counted):
        """Bind an account by known facts, or send the code that is still needed.

        :param partner: res.partner to whom it is bound
        :param values: ``account_code``, ``holder_name`` and ``bill_amount`` or ``meter_no``, as
            typed
        :param counted: {kind of attempt: subject} of the caller
        :raises TooManyError: after some attempts
        :raises FilingError: field by field, without saying which fact is wrong
        :return: ``{"account", "ticket", "phone"}``: the ticket of the code sent to the masked
            telephone; without one the account is bound
        """
        facts = self._read_facts(values)
        counted = {**counted, "bind_account": facts["code"].casefold()}
        limits = {kind: (who, LIMITS[kind]) for kind, who in counted.items()}
        if not self.env["water.code"]._take_all(limits, DAY):
            raise TooManyError(
                self.env._("There were too many attempts today. Try tomorrow, or call us.")
            )
        account = self.env["water.account"]._find_proved(**facts)
        if not account:
            raise FilingError(
                {
                    "form": self.env._(
                        "The account number and the details do not match. Please check your last "
                        "bill, or call us."
                    )
                }
            )
        self._check_bindable(partner, account)
        return self._bind_or_send(partner, account, "meter" if facts["meter"] else "bill")

    @api.model
    def _read_facts(self, values):
        """The facts as :meth:`water.account._find_proved` takes them."""
        code, name, meter, typed = (
            clean_text(values.get(key), 100)
            for key in ("account_code", "holder_name", "meter_no", "bill_amount")
        )
        errors, amount = {}, read_amount(typed)
        if not code:
            errors["account_code"] = self.env._("Enter the account number.")
        if not name:
            errors["holder_name"] = self.env._("Enter the holder's name as it stands on the bill.")
        if typed and amount is None:
            errors["bill_amount"] = self.env._("Enter an amount, such as 86.40.")
        elif not (typed or meter):
            errors["bill_amount"] = self.env._("Enter the amount of the last bill or the meter.")
        if errors:
            raise FilingError(errors)
        return {"code": code, "name": name, "amount": amount, "meter": meter or None}

    @api.model
    def _check_bindable(self, partner, account):
        if account.partner_id == partner:
            raise UserError(self.env._("This account is already yours."))
        if self._in_force(partner, account).filtered(lambda row: row.proof in ("invited", "code")):
            raise UserError(self.env._("You act for this account already."))

    @api.model
    def _bind_or_send(self, partner, account, proof):
        codes = self.env["water.code"]
        if account.partner_id._water_is_doubted("phone"):
            words = self.env._("The holder's telephone was changed lately: please call us.")
            raise FilingError({"form": words})
        phone = account.company_id._water_phone(account.partner_id.phone) or ""
        answer = {"account": account, "ticket": "", "phone": ""}
        if not (phone.startswith("+") and codes._gateway()):
            self._make_bound(partner, account, proof)
            return answer
        ticket = codes._send("bind", f"{account.id},{account.partner_id.id},{partner.id}", phone)
        return {**answer, "ticket": ticket, "phone": mask_phone(account.partner_id.phone)}

    @api.model
    def _bind_by_code(self, partner, ticket, code):
        subject = self.env["water.code"]._redeem("bind", ticket, code)
        number, holder, asked = map(int, subject.split(","))
        account = self.env["water.account"].sudo().browse(number).exists()
        if asked != partner.id or account.partner_id.id != holder or not account.active:
            expired = self.env._("This code is no longer valid for this account.")
            raise FilingError({"code": expired})
        self._make_bound(partner, account, "code")
        return account

    @api.model
    def _make_bound(self, partner, account, proof):
        """Create the delegation; one by a weaker proof ends."""
        # sudo: water.account.delegate - the caller has checked the proof
        rows = trusted(self.sudo())
        older = rows.search([*self._open_of(account), ("partner_id", "=", partner.id)])
        rows.browse(older.ids)._replace_older_bound()
        now = fields.Datetime.now()
        row = rows.create(
            {
                "account_id": account.id,
                "holder_id": account.partner_id.id,
                "partner_id": partner.id,
                "name": partner.name or mask_phone(partner.phone),
                "proof": proof,
                "state": "active",
                "date_from": self._today(),
                "accepted_at": now,
                **dict.fromkeys(OPENED[proof], True),
            }
        )
        events = self.env["water.account.event"]._log(row, "bound")
        template = self.env.ref("water_service_desk.mail_template_delegate_news")
        self.env["water.message"]._queue(template, events)
        return row

    def _replace_older_bound(self):
        if self:
            self._move("revoked", "replaced", ended_at=fields.Datetime.now())
            self.flush_recordset()  # before another one is in force, or the database objects
