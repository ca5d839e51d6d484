"""A holder who names a delegate, for the tests."""

from ...base.tests.common import WaterCommon
from ..delegation import RIGHTS

HOLDER, LINA = "zhang@delegate.example", "lina@delegate.example"


class DelegateCommon(WaterCommon):
    """``portal1`` holds an account and names ``portal2``; both read English."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = HOLDER
        cls.customer2.email = LINA
        accounts = cls.env["water.account"]
        cls.account = accounts.create(
            {"code": "T100001", "partner_id": cls.customer.id, "address": "东城路8号2单元301"}
        )
        cls.account2 = accounts.create(
            {"code": "T100002", "partner_id": cls.customer.id, "address": "西城路9号"}
        )

    def _form(self, *rights, **values):
        """The filled-in form of an invitation."""
        return {
            "account_id": str(self.account.id),
            "name": "李娜",
            "relation": "household",
            "email": LINA,
            **dict.fromkeys(rights or RIGHTS, "1"),
            **values,
        }

    def _delegates(self, login="portal1"):
        return self._as(login, self.env["water.account.delegate"])

    def _invite(self, *rights, **values):
        return self._delegates()._portal_invite(self._form(*rights, **values)).sudo()

    def _answer(self, row, accepts=True, login="portal2"):
        """The invited person opens the link and answers."""
        mine = self._delegates(login)._of_token(row._token())
        mine._send_proof()
        mine._portal_answer(accepts, row._proof_code())
        return row

    def _named(self, *rights, **values):
        """A delegation in force."""
        return self._answer(self._invite(*rights, **values))

    def _seen(self, model="water.inquiry", login="portal2"):
        return self._as(login, self.env[model])._portal_search()

    def _of_account(self, **values):
        return self._inquiry(account_id=self.account.id, **values)

    def _mails_to(self, address):
        mails = self.env["mail.mail"].sudo().search([("email_to", "=", address)], order="id")
        return mails

    def _event_kinds(self):
        events = self.env["water.account.event"].sudo()
        return events.search([("account_id", "=", self.account.id)], order="id").mapped("kind")
