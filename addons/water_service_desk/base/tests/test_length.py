from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..shallow import shallow
from .common import WaterCommon
from .doors import Sent


@tagged("post_install", "-at_install")
class TestLength(WaterCommon):
    """Texts have a length that letters and sealed files can take."""

    def test_too_long(self):
        case = self._as("agent", self._inquiry())
        for name, most in (("address", 2_000), ("verbatim", 100_000)):
            with self.subTest(name):
                words = f"Please shorten “.*” to {most} characters."
                with self.assertRaisesRegex(ValidationError, words):
                    Sent(case).write({name: "水" * (most + 1)})
                with self.assertRaisesRegex(ValidationError, words):
                    Sent(case.browse()).create({"description": "x", name: "水" * (most + 1)})

    def test_formatted_text(self):
        articles = self._as("manager", self.env["water.article"])
        article = articles.create({"name": "水价", "body": f"<p>{'水' * 100_000}</p>"})
        self.assertEqual(len(article.body), 100_007)
        with self.assertRaisesRegex(ValidationError, "Please shorten “.*” to 300000 characters."):
            Sent(article).write({"body": f"<p>{'水' * 300_000}</p>"})

    def test_boxes_in_boxes(self):
        """Content deeper than the parser's limit was lost with all after it."""
        articles = self._as("manager", self.env["water.article"])
        for box in ("div", "span", "blockquote", "td"):
            text = f"<{box}>" * 300 + "水价" + f"</{box}>" * 300 + "<p>每月</p>"
            article = Sent(articles).create({"name": box, "body": text})
            with self.subTest(box):
                self.assertIn("水价", article.body)
                self.assertIn("<p>每月</p>", article.body)
            article.body = "<p>x</p>"
            Sent(article).write({"body": text})
            self.assertIn("水价", article.body)

    def test_shallow_record_stays(self):
        """Many boxes side by side, some not closed."""
        for text in (
            "<p>a<br>b</p>" * 300,
            "<li>a" * 300,
            "<div>" * 200 + "a" + "</div>" * 200,
            "1 < 2 " * 300,
            "</div>" * 300,
            "<hr/><img src='x'>" * 300,
        ):
            with self.subTest(text[:20]):
                self.assertEqual(shallow(text), text)
        self.assertEqual(shallow("<div>" * 202 + "a"), "<div>" * 200 + "<br><br>a")

    def test_just_as_long(self):
        case = self._as("agent", self._inquiry())
        Sent(case).write({"address": "水" * 2_000})
        self.assertEqual(len(case.address), 2_000)

    def test_in_a_dialog(self):
        case = self._inquiry()
        dialogs = self._as("supervisor", self.env["water.handover.wizard"]).with_context(
            active_model=case._name, active_ids=case.ids
        )
        with self.assertRaisesRegex(ValidationError, "Please shorten “.*” to .* characters."):
            Sent(dialogs).create({"user_id": self.users["agent2"].id, "reason": "水" * 100_001})

    def test_system_records(self):
        """Content is stored whole: entry points have their own limits."""
        case = self._inquiry()
        case.sudo().write({"contact_name": "水" * 2_001})
        self.assertEqual(len(case.sudo().contact_name), 2_001)
