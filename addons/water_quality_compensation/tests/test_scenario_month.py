from datetime import date

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.duplicate.tests.common import MergeCommon
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.request.tests.common import RequestCommon

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
#: figure → (part, whole) of March and of April, counted by hand from the definitions (domain 10)
BY_HAND = {
    "K11": ((5, 6), (2, 2)),  # six limits of March, one missed; the extended one is due in April
    "K13": ((0, 11), (1, 3)),
    "K14": ((1, 2), (0, 1)),  # reopened cases leave March
    "K18": ((7, 8), (2, 2)),  # six content complainants, one content and one not of the repairs
    "K20": ((0, 11), (1, 3)),
    "K21": ((1, 9), (0, 0)),  # ten complaints, one withdrawn, one merged
    "K22": ((6, 6), (2, 2)),
    "K24": ((1, 2), (0, 0)),
}


@tagged("post_install", "-at_install")
class TestScenarioMonth(RequestCommon, MergeCommon):
    """Seventeen cases over the end of a month, and its figures as one counts them by hand."""

    def _at(self, text):
        return freeze_time(local(text))

    def _question(self, at_once=False):
        case = self._as("agent", self._inquiry())
        case.answer = "第二阶梯从 181 立方米起。"
        steps = ("answer_and_close",) if at_once else ("process", "answer", "close")
        for step in steps:
            getattr(case, f"action_{step}")()
        return case.with_env(self.env)

    def _repaired(self, satisfaction):
        case = self._as("agent", self._done())
        for _try in range(3 if satisfaction == "unreachable" else 0):
            acts.tell_result(case, "phone", "no_answer")
        if satisfaction != "unreachable":
            answers = {"satisfaction": satisfaction, "satisfaction_reason": "还漏"}
            acts.tell_result(case, "phone", "told", **answers)
        acts.close(case)

    def _early_march(self):
        """Five in time, one with another merged into it, one withdrawn, questions and repairs."""
        with self._at("2026-03-10 10:00"):
            for number in range(5):
                self._go(self._complaint(address=f"东城路{number}号"), "archived")
            late, same = (self._complaint(address="西城路1号") for _twice in range(2))
            self._merge(same, late)
            self._go(late, "investigating")
        with self._at("2026-03-12 10:00"):
            self._complaint_at("withdrawn")
            self._question(at_once=True)
            self._question()
            for satisfaction in ("basically", "dissatisfied", "unreachable"):
                self._repaired(satisfaction)
            promised = self._inquiry()
            acts.promise(promised, "三点前回电", local("2026-03-12 15:00"), "contact")
            acts.promise(promised, "四点前送水", local("2026-03-12 16:00"), "other")
        with self._at("2026-03-12 14:00"):
            acts.contact(self._as("agent", promised), "已回电")
        return late

    def _late_march(self, late):
        """The late one ends, and what ends in April comes in."""
        with self._at("2026-03-20 10:00"):
            self._sweep()
            self._go(late, "archived", "investigating")
            asked = self._question()
        with self._at("2026-03-26 10:00"):
            longer = self._complaint(address="北城路1号")
            self._go(longer, "investigating")
            clock = self._clock(longer, "close")
            self.assertLocal(clock.due_at, "2026-04-02 17:30")
            row = acts.extend(self._as("agent", clock), "需开挖路面", 5)
            self._as("supervisor", row).action_approve()
            self.assertLocal(clock.due_at, "2026-04-10 17:30")
        with self._at("2026-03-30 10:00"):
            over = self._complaint(address="南城路1号")
            self.assertLocal(self._clock(over, "close").due_at, "2026-04-07 17:30")
        return asked, longer, over

    def test_counted_by_hand(self):
        asked, longer, over = self._late_march(self._early_march())
        with self._at("2026-04-03 10:00"):
            self._sweep()
            self._go(over, "archived")
            self._go(longer, "archived", "investigating")
            self._as("agent", asked).action_reopen()
            self._as("agent", asked).user_id = self.users["agent2"]
            self._as("agent2", asked).action_answer()
            self._as("agent2", asked).action_close()
        self.env.flush_all()
        for code, pairs in BY_HAND.items():
            kpi = self.env.ref(f"water_quality.kpi_{code.lower()}")
            spans = ((MARCH, APRIL), (APRIL, MAY))
            found = tuple(kpi._count(self.company, *span)["company", False] for span in spans)
            self.assertEqual(found, pairs, code)
        received = self.env.ref("water_quality.kpi_k23")._count(self.company, MARCH, APRIL)
        self.assertEqual(received["company", False][0], 9)
