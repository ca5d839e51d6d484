"""Customers who are reached by mail, SMS or WeChat, and a gateway that is really there."""

from odoo import fields
from odoo.tests.common import _super_send

from ...base.tests.common import WaterCommon
from ..models.water_gateway import ALLOWED_KEY
from .gateway_server import gateway_server

#: This machine, however it is written.
LOCAL = ("127.0.0.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "localhost")


class MessageCommon(WaterCommon):
    """Transactional test with an SMS and a WeChat gateway on localhost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["water.gateway"].search([]).active = False
        cls.env["ir.config_parameter"].set_param(ALLOWED_KEY, "127.0.0.1")
        cls.customer.write({"email": False, "lang": "en_US"})

    def setUp(self):
        super().setUp()
        server = gateway_server()
        self.server = server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)
        self.gateway = self._gateway()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Localhost alone; Odoo's own handler would stretch short time-outs to ten seconds."""
        if not any(f"//{host}:" in r.url for host in LOCAL):
            raise AssertionError(f"a test called {r.url}")
        return _super_send(s, r, **kw)

    def _gateway(self, **values):
        return self.env["water.gateway"].create(
            {
                "name": "短信平台",
                "url": self.server.url,
                "secret": "s3cret-token",
                "success_path": "code",
                "success_value": "OK, 0",
                "reference_path": "id",
                "timeout": 1,
                **values,
            }
        )

    def _message(self, **values):
        return self._inquiry(**values).sudo().customer_message_ids

    def _run(self):
        """The scheduled action, as the scheduler runs it."""
        cron = self.env.ref("water_service_desk.ir_cron_messages").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _make_due(self, messages):
        """The back-off of the messages has passed."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE water_message SET next_try_at = %s WHERE id IN %s AND next_try_at IS NOT NULL",
            [fields.Datetime.now(), tuple(messages.ids)],
        )
        self.env.invalidate_all()
