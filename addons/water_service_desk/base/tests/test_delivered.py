from odoo.tests import tagged

from ..delivered import renew_words
from .common import DESK, WaterCommon, speak_chinese


@tagged("post_install", "-at_install")
class TestDelivered(WaterCommon):
    """What an addon says comes with its upgrade, unless the company says it otherwise."""

    def _aged(self, name, field, words):
        """A delivered record that still says what an earlier version did."""
        record = self.env.ref(DESK + name).with_context(lang="en_US")
        record.with_user(self.env.ref("base.user_root")).sudo().write({field: words})
        record.flush_recordset()
        return record

    def _renew(self):
        renew_words(self.env(user=self.env.ref("base.user_root"), context={}), DESK[:-1])
        self.env.invalidate_all()

    def test_words_nobody_has_changed(self):
        speak_chinese(self.env)
        mail = self._aged("mail_template_inquiry_answer", "subject", "Old words")
        stage = self._aged("stage_inquiry_answered", "name", "Old name")
        stage.with_context(lang="zh_CN").name = "旧名"
        self.env["water.stage"].flush_model()
        self._renew()
        self.assertNotEqual(mail.subject, "Old words")
        self.assertEqual(stage.name, stage.with_context(lang="zh_CN").name)  # translated after this
        self.assertNotIn(stage.name, ("Old name", "旧名"))

    def test_words_of_the_company_stay(self):
        mail = self._aged("mail_template_inquiry_answer", "subject", "Old words")
        self._as("manager", mail).sudo().subject = "Ours"
        mail.flush_recordset()
        self._renew()
        self.assertEqual(mail.subject, "Ours")

    def test_only_words_are_brought(self):
        """What the system itself has set on a delivered record is not taken back."""
        stage = self._aged("stage_inquiry_answered", "name", "Old name")
        stage.with_user(self.env.ref("base.user_root")).sudo().fold = not stage.fold
        fold = stage.fold
        stage.flush_recordset()
        self._renew()
        self.assertEqual(stage.fold, fold)
        self.assertNotEqual(stage.name, "Old name")
