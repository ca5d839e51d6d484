from odoo import fields
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests.acts import fill
from odoo.addons.water_service_desk.base.tests.common import speak_chinese

from .common import IncidentCommon

SUBJECT, ENGLISH = "Burst main in Dongcheng Road", "A main has burst. We are repairing it."


@tagged("post_install", "-at_install")
class TestIncidentEnglish(IncidentCommon):
    """Customers who do not read Chinese get the English of an incident where it is filled."""

    def setUp(self):
        super().setUp()
        speak_chinese(self.env)
        chinese, english = self._account(1), self._account(2)
        english.partner_id.lang = "en_US"
        self.readers = [english.partner_id, chinese.partner_id]

    def _told(self):
        self._broadcast()
        messages = self._messages()
        return [
            messages.filtered(lambda row, who=who: row.partner_id == who)[-1:].mail_mail_id
            for who in self.readers
        ]

    def test_news_reach_each_customer_in_their_language(self):
        incident = self._as("supervisor", self._open(level="4", subject_en=SUBJECT))
        text = {"text": "干管爆裂，正在抢修。", "text_en": ENGLISH}
        fill(incident, "action_news", "action_send", **text)
        english, chinese = self._told()
        self.assertIn(ENGLISH, english.body_html)
        self.assertNotIn("干管爆裂", english.body_html)
        self.assertIn(SUBJECT, english.subject)
        self.assertIn("干管爆裂，正在抢修。", chinese.body_html)
        self.assertNotIn(ENGLISH, chinese.body_html)
        self.assertNotIn(SUBJECT, chinese.subject)

    def test_news_without_english_reach_all_in_chinese(self):
        incident = self._as("supervisor", self._open(level="4"))
        fill(incident, "action_news", "action_send", text="干管爆裂，正在抢修。")
        english, _chinese = self._told()
        self.assertIn("干管爆裂，正在抢修。", english.body_html)

    def test_end_is_told_in_english_too(self):
        incident = self._as("supervisor", self._open(level="4", subject_en=SUBJECT))
        end = {"text": "已恢复供水。", "text_en": "The water is back."}
        fill(incident, "action_restore", "action_send", restored_at=fields.Datetime.now(), **end)
        english, chinese = self._told()
        self.assertIn("The water is back.", english.body_html)
        self.assertIn("已恢复供水。", chinese.body_html)

    def test_english_is_drafted_from_the_english_subject(self):
        incident = self._open(level="4", subject_en=SUBJECT, cause_en="A DN600 main burst.")
        dialogs = self.env["water.incident.wizard"]
        dialog = dialogs.create({"incident_id": incident.id, "kind": "progress"})
        self.assertIn("A DN600 main burst", dialog.text_en)
        plain = self._open(level="4")
        dialog = dialogs.create({"incident_id": plain.id, "kind": "progress"})
        self.assertFalse(dialog.text_en)
