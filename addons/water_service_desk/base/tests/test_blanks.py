from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..words import one_gap, one_stop, strip_invisible
from . import acts
from .common import WaterCommon
from .doors import Sent

#: invisible characters: spaces of every width, and others
BLANKS = (" ", "\n\t", "\u3000\u3000", "\u200b", "\ufeff \u2060", "\u00a0\u200d", "\u2800")


@tagged("post_install", "-at_install")
class TestBlanks(WaterCommon):
    """Blanks are no facts, by every door."""

    def test_blank_values(self):
        for blank in BLANKS:
            with self.subTest(repr(blank)):
                self.assertEqual(strip_invisible(blank), "")
                self.assertEqual(strip_invisible(f"{blank}水 压{blank}"), "水 压")
        self.assertEqual(strip_invisible(None), "")

    def test_no_fact_of_a_case(self):
        for blank in BLANKS:
            with self.subTest(repr(blank)):
                case = self._inquiry()
                Sent(self._as("agent", case)).write({"description": blank})
                self.assertFalse(case.description)
                self.assertEqual(case._missing_facts(), ["Description"])

    def test_no_name_turns_a_line_round(self):
        """Invisible characters and those that reverse text: not allowed in names and titles."""
        turned = "王\u202e芳\u2069\u2066"
        case = self._as("agent", self._inquiry())
        Sent(case).write({"contact_name": turned, "verbatim": turned})
        self.assertEqual((case.contact_name, case.verbatim), ("王芳", turned))
        Sent(case).write({"subject": f"{turned}问水价"})
        self.assertEqual(case.subject, "王芳问水价")

    def test_no_subject(self):
        case = self._inquiry()
        for blank in BLANKS:
            with (
                self.subTest(repr(blank)),
                self.assertRaisesRegex(ValidationError, "Fill in “Subject”: it cannot be blank."),
            ):
                Sent(self._as("agent", case)).write({"subject": blank})
            self.assertEqual(case.subject, "阶梯水价怎么算")

    def test_no_reason_in_a_dialog(self):
        case = self._inquiry()
        dialogs = self._as("supervisor", self.env["water.handover.wizard"]).with_context(
            active_model=case._name, active_ids=case.ids
        )
        with self.assertRaisesRegex(ValidationError, "Fill in “.*”: it cannot be blank."):
            Sent(dialogs).create({"user_id": self.users["agent2"].id, "reason": "\u3000"})
        self.assertNotEqual(case.user_id, self.users["agent2"])

    def test_no_reason_of_a_service(self):
        case = self._inquiry()
        with self.assertRaisesRegex(UserError, "Say why the case is handed over."):
            acts.hand_over(self._as("supervisor", case), self.users["agent2"], "\u200b\u3000")
        self.assertNotEqual(case.user_id, self.users["agent2"])

    def test_parts_that_say_nothing_leave_no_gap(self):
        self.assertEqual(one_gap(" Dear Li,  \n see  here "), "Dear Li, \n see here")
        self.assertEqual(one_gap(False), "")

    def test_no_full_stop_is_doubled(self):
        for text, told in (
            ("原因：因霜冻。。", "原因：因霜冻。"),
            ("<p>因霜冻。。</p>", "<p>因霜冻。</p>"),
            ("Because of frost..", "Because of frost."),
            ("霜冻。.", "霜冻。"),
            ("等等。。。", "等等。。。"),
            ("wait...", "wait..."),
            ("../page", "../page"),
            ("frost.", "frost."),
        ):
            with self.subTest(text):
                self.assertEqual(one_stop(text), told)
