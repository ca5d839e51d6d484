"""Accounts with bills and meters, and a gateway of text messages that is really there."""

import re

from odoo.tests.common import _super_send

from ...base.trust import trusted
from ...messaging.models.water_gateway import ALLOWED_KEY
from ...messaging.tests.gateway_server import gateway_server
from ...public_page.tests.common import PublicCase

LIST = "/my/accounts"


class OwnAccountCase(PublicCase):
    """``portal1`` holds an account with a bill; ``portal2`` lives in the same home."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["water.gateway"].search([]).active = False
        cls.env["ir.config_parameter"].set_param(ALLOWED_KEY, "127.0.0.1")
        cls.account.meter_no = "SH-0815"
        bills = trusted(cls.env["water.account.bill"])
        cls.bill = bills.create(
            {
                "account_id": cls.account.id,
                "number": "B-1",
                "issued_on": "2026-10-01",
                "due_on": "2026-10-20",
                "volume": 21.5,
                "amount": 86.4,
            }
        )
        trusted(cls.env["water.account.reading"]).create(
            {"account_id": cls.account.id, "number": "R-1", "read_on": "2026-09-28", "value": 1204}
        )

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """The gateway is on this machine, at a port of its own."""
        if r.url.endswith("/send"):
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    def gateway(self):
        """A gateway for text messages; returns what it has received."""
        server = gateway_server()
        self.server = server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)
        self.env["water.gateway"].create(
            {"name": "短信平台", "url": self.server.url, "secret": "s3cret", "timeout": 2}
        )
        return self.server

    def sent_code(self):
        """``(number, six digits)`` of the last text message."""
        last = self.server.requests[-1]["json"]
        return last["phone"], re.search(r"\b\d{6}\b", last["text"])[0]

    def facts(self, **values):
        return {
            "account_code": "T100001",
            "holder_name": self.customer.name,
            "bill_amount": "86.40",
            **values,
        }

    def bound(self):
        """The delegations in force of the person who lives there."""
        self.env.invalidate_all()
        return self.env["water.account.delegate"]._in_force(self.customer2)
