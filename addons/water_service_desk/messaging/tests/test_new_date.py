from odoo.tests import tagged

from ...base.tests import acts
from ...base.tests.common import local, speak_chinese
from .common import MessageCommon


@tagged("post_install", "-at_install")
class TestNewDate(MessageCommon):
    """The customer's message about a moved date."""

    def test_moved_date_of_another_promise(self):
        """Customers with a promised call are not told that the result is later."""
        speak_chinese(self.env)
        template = self.env.ref("water_service_desk.mail_template_new_date")
        for kind, words, chinese in (
            ("contact", "We now promise to contact you by", "我们将于"),
            ("visit", "We now promise to be with you by", "我们将于"),
            ("other", "We now keep our promise by", "我们将于"),
        ):
            self.customer.lang = "en_US"
            case = self._inquiry()
            clock = acts.promise(case, "明天回电", local("2026-03-13 17:30"), kind)
            request = acts.extend(self._as("agent", clock), "冻土", 3)
            self._as("supervisor", request).action_approve()
            message = case.sudo().customer_message_ids.sorted("id")[-1:]
            for lang, said, result in (("en_US", words, "result"), ("zh_CN", chinese, "结果")):
                self.customer.lang = lang
                body = template._render_field("body_html", clock.ids, compute_lang=True)[clock.id]
                with self.subTest(kind=kind, lang=lang):
                    self.assertIn(said, body)
                    self.assertNotIn(result, body)
            self.assertIn(words, message.body)
            self.assertNotIn("result", message.body)
