from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW

from .common import AppealCommon, appeal_clock

REASON = "账单还是按估数算的，水表照片可以证明。"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAppealShown(AppealCommon):
    """The customer's page and list show their appeals."""

    def _mine(self, case, login="portal1"):
        return case.with_user(self.users[login]).with_context(lang="en_US").sudo()

    def test_reviewed_is_not_over(self):
        """Page and list say that it is being reviewed; closed cases are in progress then."""
        case = self._complaint_at("archived")
        mine = self._mine(case)
        filters = mine._portal_filters()

        def told():
            page, [row] = mine._portal_page(), mine._portal_rows()
            shown = [
                key for key in ("open", "closed") if case in mine._portal_search(filters[key][1])
            ]
            return page["status"], page["is_open"], row["status"], row["is_open"], shown

        over = ("Finished", False, "Finished", False, ["closed"])
        self.assertEqual(told(), over)
        mine._portal_appeal_filed({"appeal_reason": REASON})
        self.assertEqual(told(), ("Being reviewed", True, "Being reviewed", True, ["open"]))
        mine._portal_appeal_withdrawn({})
        self.assertEqual(told(), over)

    def test_each_row_of_a_list_tells_of_its_own(self):
        """Three complaints, of which the second is reviewed."""
        cases = self._complaint_at("notified") | self._complaint_at("notified")
        cases |= self._complaint_at("notified")
        self._appeal(cases[1])
        rows = self._mine(cases)._portal_rows()
        self.assertEqual([row["number"] for row in rows], cases.mapped("name"))
        self.assertEqual([row["status"] == "Being reviewed" for row in rows], [False, True, False])

    def test_row_of_an_appeal(self):
        """The timeline from filing to decision, without open decisions."""
        case = self._complaint_at("notified")
        appeal = self._appeal(case, reason=REASON)
        row = self._row(case)
        untold = {"decision": "", "decided": "", "text": "", "remedy": ""}
        self.assertEqual(row, row | untold)
        given = {"number": appeal.name, "reason": REASON, "demand": "退还多收水费"}
        self.assertEqual(row, row | given | {"files": [], "certificate": "", "is_open": True})
        self.assertEqual(row["status"], "Received, to be acknowledged")
        due = self._mine(case)._portal_time(appeal_clock(appeal, "decision").due_at)
        self.assertEqual(row["decide"], f"We will decide by {due}.")
        self._accepted(appeal)
        row = self._row(case)
        self.assertIn("Being reviewed by people who were not involved", row["status"])
        self.assertTrue(row["is_open"])
        self._decided(appeal, "upheld", remedy="重新计费")
        row = self._row(case)
        self.assertEqual((row["status"], row["is_open"], row["decide"]), ("Decided", False, ""))
        self.assertEqual((row["text"], row["remedy"]), ("复核后维持原结论。", "重新计费"))
        self.assertEqual(row["decided"], self._mine(case)._portal_time(appeal.decided_at))
        self.assertIn("upheld", row["decision"])

    def test_taken_back_it_says_so(self):
        case = self._complaint_at("notified")
        self._appeal(case)
        self._mine(case)._portal_appeal_withdrawn({})
        row = self._row(case)
        self.assertEqual((row["status"], row["is_open"], row["decide"]), ("Withdrawn", False, ""))

    def _row(self, case):
        self.env.invalidate_all()
        [row] = self._mine(case)._portal_page()["appeals"]
        return row
