from odoo.tests import tagged

from .common import MergeCommon


@tagged("post_install", "-at_install")
class TestMergeRepresented(MergeCommon):
    """Several people, one matter: who speaks for one of them is told what that one is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.speaker = cls.env["res.partner"].create(
            {"name": "赵大海", "email": "zhao@example.com", "phone": "13700001111"}
        )
        cls.spoken = {
            "is_represented": True,
            "representative_id": cls.speaker.id,
            "representative_name": "赵大海",
            "representative_relation": "业主代表",
            "representative_authority": "业主委托书",
        }

    def _matter(self, lead=None, other=None):
        theirs = {"partner_id": self.customer2.id, "address": "南湖路1号"}
        theirs["email_from"] = "li@example.com"
        handled = self._complaint_at("handling", resolution="已换表", **theirs, **(lead or {}))
        merged = self._complaint(email_from="zhang@example.com", **(other or {}))
        self._merge(merged, handled)
        return handled, merged

    def _tell(self, case):
        self._finish_lead(case)
        body = "<p>李娜、代表赵大海 13700001111：已换表。</p>"
        values = self._notice_values(mode="written", body=body)
        self._as("agent", case).env["water.notice"]._send(self._as("agent", case), values)
        self._as("agent", case).write({"state": "notified"})
        self.env.invalidate_all()

    def _heard(self, case):
        """Recipients of the result of ``case``."""
        return sorted(case.notice_ids.sudo().customer_message_ids.mapped("address"))

    def test_representative_of_merged_customer_hears_result(self):
        handled, merged = self._matter(other=self.spoken)
        self._tell(handled)
        self.assertEqual(self._heard(merged), ["zhang@example.com", "zhao@example.com"])
        self.assertEqual(self._heard(handled), ["li@example.com"])

    def test_silent_people_are_not_told(self):
        handled, merged = self._matter(other={**self.spoken, "representative_is_told": False})
        self._tell(handled)
        self.assertEqual(self._heard(merged), ["zhang@example.com"])

    def test_others_learn_nothing_of_who_speaks_for_one(self):
        handled, merged = self._matter(lead=self.spoken)
        self._tell(handled)
        self.assertEqual(self._heard(handled), ["li@example.com", "zhao@example.com"])
        self.assertEqual(self._heard(merged), ["zhang@example.com"])
        for word in ("李娜", "赵大海", "13700001111"):
            self.assertNotIn(word, merged.notice_ids.body)
        self.assertIn("已换表", merged.notice_ids.body)

    def test_one_who_speaks_for_both_hears_of_each(self):
        handled, merged = self._matter(lead=self.spoken, other=self.spoken)
        self._tell(handled)
        self.assertEqual(self._heard(handled), ["li@example.com", "zhao@example.com"])
        self.assertEqual(self._heard(merged), ["zhang@example.com", "zhao@example.com"])

    def test_customer_page_shows_only_own_case(self):
        spoken = {**self.spoken, "representative_may_read": True}
        spoken["representative_id"] = self.users["portal2"].partner_id.id
        third = self.env["res.partner"].create({"name": "王五", "email": "wang@example.com"})
        handled = self._complaint_at("handling", partner_id=third.id, address="南湖路1号")
        merged = self._complaint(**spoken)
        self._merge(merged, handled)
        seen = self._as("portal2", self.env["water.complaint"])
        self.assertFalse(seen._portal_find(handled.id))
        page = str(seen._portal_find(merged.id)._portal_page())
        for word in ("王五", handled.name, "南湖路1号"):
            self.assertNotIn(word, page)
        self._undo(merged)
        self.assertTrue(seen._portal_find(merged.id))
        self.assertEqual(merged.representative_name, "赵大海")
