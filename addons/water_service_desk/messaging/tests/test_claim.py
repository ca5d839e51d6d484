from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.trust import trusted
from ..models import water_gateway
from ..models.water_outbox_mixin import LEASE
from .common import MessageCommon


@tagged("post_install", "-at_install")
class TestClaim(MessageCommon):
    """Senders have claimed their messages exclusively."""

    def test_claim(self):
        """A claimed message stays claimed until its lease ends."""
        message = trusted(self._message())
        message._claim()
        self._run()
        self.assertEqual(self.server.requests, [])
        with freeze_time(fields.Datetime.now() + LEASE):
            self._run()
        self.assertEqual(self.server.keys, {message.key})

    def test_lost_claim(self):
        """A machine that slept past its lease does not send what another claimed."""
        messages = trusted(self._message() | self._message())
        call = water_gateway.WaterGateway._call

        def slept(gateway, facts):
            others = messages.with_env(gateway.env).filtered(lambda row: row.key != facts["key"])
            others.write({"next_try_at": fields.Datetime.now() + 2 * LEASE})
            return call(gateway, facts)

        with patch.object(water_gateway.WaterGateway, "_call", slept):
            self._run()
        self.assertEqual(len(self.server.requests), 1)
        self.assertEqual(sorted(messages.mapped("state")), ["queued", "sent"])
