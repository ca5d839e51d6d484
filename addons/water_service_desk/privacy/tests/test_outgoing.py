"""Nothing is sent to Odoo's services unless an administrator enabled them."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.mail.models import update

from ...base.tests.common import WaterCommon
from ..models.water_outgoing import ENDPOINTS, NOWHERE, REPORT


@tagged("post_install", "-at_install")
class TestOutgoing(WaterCommon):
    def setUp(self):
        super().setUp()
        self.outgoing = self.env["water.outgoing"]
        self.parameters = self.env["ir.config_parameter"]
        self.outgoing._close()

    def test_closed(self):
        """Each endpoint that this Odoo knows leads nowhere; the weekly report is off."""
        self.assertEqual(self.outgoing._leaks(), [])
        for key in ENDPOINTS:
            self.assertEqual(self.parameters.get_param(key), NOWHERE)
        self.assertFalse(self.env.ref(REPORT).active)
        self.assertFalse(self.env["mail.link.preview"]._is_link_preview_enabled())

    def test_the_report_hears_nothing(self):
        """Not even when started by hand."""
        with patch.object(update.requests, "post") as post:
            self.env["publisher_warranty.contract"].update_notification(None)
        post.assert_not_called()
        self.outgoing._open()
        with patch.object(update.requests, "post", side_effect=OSError) as post:
            self.env["publisher_warranty.contract"].update_notification(True)
        post.assert_called_once()

    def test_notes_to_browsers(self):
        base = "odoo.addons.mail.models.mail_thread.MailThread._notify_thread_by_web_push"
        for is_open in (False, True):
            (self.outgoing._open if is_open else self.outgoing._close)()
            with self.subTest(is_open=is_open), patch(base) as push:
                self.customer._notify_thread_by_web_push(self.env["mail.message"], [])
                self.assertEqual(push.called, is_open)

    def test_choice_stays(self):
        self.parameters.set_param("sms.endpoint", "https://sms.example.com")
        self.outgoing._close()
        self.assertEqual(self.outgoing._leaks(), ["sms.endpoint"])
        steps = {step["key"]: step for step in self.env["water.setup"]._steps()}
        self.assertIn("sms.endpoint", steps["outgoing"]["missing"][0])
        self.outgoing._open()
        self.assertEqual(self.parameters.get_param("sms.endpoint"), "https://sms.example.com")

    def test_setting(self):
        settings = self.env["res.config.settings"]
        settings.create({"water_odoo_services": True}).execute()
        self.assertTrue(self.outgoing._is_open())
        self.assertFalse(self.parameters.get_param("iap.endpoint"))
        settings.create({"water_odoo_services": False}).execute()
        self.assertEqual(self.outgoing._leaks(), [])
