from odoo.tests import tagged

from odoo.addons.water_service_desk.intake.tests import upload_samples as samples
from odoo.addons.water_service_desk.portal.tests.common import PortalCase

from ...complaint.tests.common import ComplaintPeople

NEW = "/my/complaints/new"


@tagged("post_install", "-at_install")
class TestReviewPage(ComplaintPeople, PortalCase):
    """Customers check their text before sending (S3.2.1d)."""

    def _values(self, **values):
        return {
            "category_id": str(self._category("pr01").id),
            "description": "三楼以上没有水压",
            "occurred_at": "2026-03-01T08:30",
            "demand": "尽快恢复",
            "account_id": str(self.account.id),
            "phone": "13812345678",
            **self._key(),
            **values,
        }

    def _newest(self):
        return self.env["water.complaint"].search([], order="id desc", limit=1)

    def _hidden(self, response):
        nodes = self.page(response).xpath("//form//input[@type='hidden']")
        return {node.get("name"): node.get("value") for node in nodes}

    def test_read_first_then_sent(self):
        """The first page saves nothing; the second saves the shown values."""
        self.sign_in()
        before = self._newest()
        response = self.post(NEW, self._values(), [("photo.jpg", samples.JPEG)])
        self.assertStatus(response, 200)
        self.assertEqual(self._newest(), before)
        self.assertEqual(len(self.page(response).xpath("//img[contains(@src, 'thumb=1')]")), 1)
        text = self.text(response)
        for words in (
            "Is this right?",
            "三楼以上没有水压",
            "2026-03-01 08:30",
            "尽快恢复",
            "东城路8号2单元301",
            "13812345678",
        ):
            with self.subTest(words=words):
                self.assertIn(words, text)
        carried = self._hidden(response)
        carried.pop("csrf_token")
        response = self.post(NEW, {**carried, "confirmed": "1"})
        self.assertStatus(response, 303)
        case = self._newest()
        self.assertNotEqual(case, before)
        self.assertEqual((case.description, case.readback_mode), ("三楼以上没有水压", "screen"))
        self.assertEqual(case.readback_by_id, self.users["portal1"])
        self.assertEqual(len(case.published_attachment_ids), 1)
        self.assertEqual(case._need_readback(), [])
        self.assertWhole(case)

    def test_change_something(self):
        """Back to the form, with all that was typed."""
        self.sign_in()
        read = self.page(self.post(NEW, self._values()))
        response = self.get(read.xpath("//a[contains(@href, 'change=1')]/@href")[0])
        self.assertStatus(response, 200)
        self.assertIn("三楼以上没有水压", response.text)
        self.assertTrue(self.page(response).xpath("//textarea[@name='demand']"))

    def test_confirmed_is_checked_again(self):
        """The second page's fields are as little trusted as the first one's."""
        self.sign_in()
        before = self._newest()
        for values in (
            {"demand": ""},
            {"account_id": str(self.account2.id)},
            {"occurred_at": "2999-01-01T00:00"},
            {"category_id": "0"},
        ):
            response = self.post(NEW, self._values(confirmed="1", **values))
            with self.subTest(values=values):
                self.assertStatus(response, 422)
        self.assertEqual(self._newest(), before)

    def test_markup_is_text(self):
        """Customers' text is displayed, never executed."""
        self.sign_in()
        response = self.post(NEW, self._values(description="<script>alert(1)</script>"))
        self.assertNotIn("<script>alert(1)", response.text)
        self.assertIn("&lt;script&gt;alert(1)", response.text)

    def test_no_csrf_no_review(self):
        self.sign_in()
        self.assertStatus(self.post(NEW, self._values(), csrf=False), 400)
