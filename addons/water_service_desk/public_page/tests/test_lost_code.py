from odoo.tests import tagged

from .common import TRACK, PublicCase


@tagged("post_install", "-at_install")
class TestLostCode(PublicCase):
    """A customer who lost the code gets the link; others learn nothing."""

    def test_goes_where_the_customer_said(self):
        """The link goes to the contact on file, and the answer reveals nothing."""
        case, number, _code = self.file()
        messages = self.env["water.message"].search_count([])
        self.company.water_public_per_source = 0
        for way, sent in (
            ("wang.fang@example.com", 1),
            ("137 1234 5678", 2),
            ("13712345679", 2),
            ("王芳@例子.com", 2),
        ):
            self.env["water.attempt"]._forget("lost_case", number)
            values = {"number": number, "way": way, "altcha": self.solve("lost")}
            with self.subTest(way):
                self.assertLocation(self.post(f"{TRACK}/lost", values), "?done=lost")
                found = self.env["water.message"].search([], order="id desc")
                self.assertEqual(len(found) - messages, sent)
        self.assertEqual(found[0].sudo().address, case.email_from)
        values = {"number": "NOSUCH", "way": "a@example.com", "altcha": self.solve("lost")}
        self.assertLocation(self.post(f"{TRACK}/lost", values), "?done=lost")
        self.assertStatus(self.post(f"{TRACK}/lost", {"number": number, "way": "x"}), 422)

    def test_how_long_it_takes_tells_nothing(self):
        """Asking with another's contact costs the same time."""
        case, number, _code = self.file()
        intake, work = self.env["water.intake"], []
        for way in ("wang.fang@example.com", "wang.fan@example.com", "13900001111"):
            messages = self.env["water.message"].search_count([])
            began = self.cr.sql_log_count
            intake._send_link_of(number, way)
            self.env.flush_all()
            work.append(self.cr.sql_log_count - began)
            sent = self.env["water.message"].search_count([]) - messages
            self.assertEqual(sent, way == case.email_from)
        self.assertGreater(min(work), 0.7 * max(work), work)

    def test_limit(self):
        _case, number, _code = self.file()
        for _time in range(3):
            values = {"number": number, "way": "x@example.com", "altcha": self.solve("lost")}
            self.assertStatus(self.post(f"{TRACK}/lost", values), 303)
        values["altcha"] = self.solve("lost")
        self.assertStatus(self.post(f"{TRACK}/lost", values), 429)
