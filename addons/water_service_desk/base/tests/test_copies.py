"""Copies of records that users know by their code."""

from lxml import etree

from odoo.tests import tagged

from .common import WaterCommon

#: unique by nature: these cannot be copied
ONLY_ONES = ("water.account", "water.calendar.day")


@tagged("post_install", "-at_install")
class TestCopies(WaterCommon):
    def test_a_free_code(self):
        """Repeated and multiple copies get unique codes."""
        walked = set()
        for name in sorted(self.env.registry.descendants(["water.code.mixin"], "_inherit")):
            rows = self.env[name].search([], limit=2) if not self.env[name]._abstract else ()
            if not rows:
                continue
            code, others = rows[0].code, rows[1:].mapped("code")
            with self.subTest(name):
                copies = [rows[0].copy(), *rows.copy()]
                self.env.flush_all()
                expected = [f"{code}-2", f"{code}-3", *(f"{other}-2" for other in others)]
                self.assertEqual([copy.code for copy in copies], expected)
                self.assertEqual(copies[0].copy().code, f"{code}-2-2")
            walked.add(name)
        wanted = {"category", "channel", "department", "guide", "standard", "zone"}
        self.assertGreaterEqual(walked, {f"water.{name}" for name in wanted})

    def test_taken_by_an_archived_row(self):
        zone = self.env["water.zone"].create({"name": "East", "code": "Z-COPY"})
        zone.copy().active = False
        self.assertEqual(zone.copy().code, "Z-COPY-3")
        self.assertEqual(zone.copy({"code": "MINE"}).code, "MINE")

    def test_only_one(self):
        for name in ONLY_ONES:
            form = etree.fromstring(self.env[name].get_view(view_type="form")["arch"])
            self.assertEqual(form.get("duplicate"), "0", name)
