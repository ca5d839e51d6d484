from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...base.tests import acts
from ...base.tests.common import WaterCommon
from ...base.trust import trusted
from ..address import address_key


@tagged("post_install", "-at_install")
class TestMatterBounds(WaterCommon):
    """Which contacts are about one matter, whose they are, and when supervisors hear of them."""

    def _known(self, **values):
        bare = {"partner_id": False, "contact_name": "某人", "phone": False, "account_id": False}
        return self._inquiry("su", **{**bare, **values})

    def test_places(self):
        """Four signs are a place; blanks, signs and widths make no difference."""
        for text, key in (
            ("东城路８号", "东城路8号"),
            (" East Rd. 8-1 ", "eastrd81"),
            ("路8号_1", "路8号1"),
            ("路8号", False),
            ("- - - -", False),
            (False, False),
        ):
            self.assertEqual(address_key(text), key, text)

    def test_one_customer(self):
        """By person or phone; by account unless both have names."""
        account = self.env["water.account"].create(
            {"code": "T-1", "partner_id": self.customer.id, "address": "x"}
        )
        number, other = "13812345678", "13700000000"
        first, second = self.customer.id, self.customer2.id
        for mine, theirs, same in (
            ({"partner_id": first}, {"partner_id": first}, True),
            ({"partner_id": first, "phone": number}, {"partner_id": second, "phone": other}, False),
            ({"phone": number}, {"phone": number}, True),
            ({"phone": number}, {"phone": other}, False),
            ({}, {}, False),
            ({"account_id": account.id}, {"account_id": account.id}, True),
            (
                {"partner_id": first, "phone": number, "account_id": account.id},
                {"partner_id": second, "phone": other, "account_id": account.id},
                False,
            ),
            (
                {"partner_id": first, "phone": number, "account_id": account.id},
                {"phone": other, "account_id": account.id},
                True,
            ),
            ({"phone": number}, {"phone": number, "is_anonymous": True}, False),
        ):
            with self.subTest(mine=mine, theirs=theirs):
                pair = self._known(**mine), self._known(**theirs)
                self.assertEqual(pair[0]._same_customer(pair[1]), same)
                self.assertEqual(pair[1]._same_customer(pair[0]), same)

    def test_merging_two_customers(self):
        """A supervisor with a reason; for one customer any agent."""
        case, own = self._inquiry(), self._inquiry()
        other = self._inquiry(partner_id=self.customer2.id)
        for login, original, reason, missing in (
            ("agent", own, False, []),
            ("agent", other, "同一处", ["they are of different customers: ask a supervisor"]),
            ("supervisor", other, " ", ["say why the matters of two customers are one"]),
            ("supervisor", other, "同一处", []),
            ("su", other, False, []),
        ):
            found = self._as(login, case)._need_same_customer(original, reason)
            self.assertEqual(found, missing, (login, reason))

    def test_how_far_one_looks_back(self):
        """Thirty days to the second; the newest six, and no case beside itself."""
        facts = {"address_key": address_key("东城路99号")}
        inquiries = self.env["water.inquiry"]
        old = [
            self._inquiry("su", address="东城路99号", received_at=self._later(days=-30, seconds=s))
            for s in (-1, 0)
        ]
        self.assertEqual(inquiries._find_similar(facts), old[1])
        self.assertFalse(inquiries._find_similar(facts, old[1]))
        self.assertFalse(inquiries._find_similar({}))
        cases = [
            self._inquiry("su", address="东城路99号", received_at=self._later(hours=-hours))
            for hours in (5, 1, 3, 2, 4, 6)
        ]
        order = [cases[index] for index in (1, 3, 2, 4, 0, 5)]
        self.assertEqual(list(inquiries._find_similar(facts)), order)
        trusted(cases[1]).state = "merged"
        self.assertEqual(list(inquiries._find_similar(facts)), [*order[1:], old[1]])

    def test_similar_cases_visibility(self):
        """Readers of customers, while it is open."""
        first = self._inquiry(address="东城路99号")
        case = self._inquiry(address="东城路99号")
        self._dispatch(case)
        self.assertIn(first, self._as("agent", case).similar_ids)
        self.assertNotIn(case, self._as("agent", case).similar_ids)
        self.assertFalse(self._as("department", case).similar_ids)
        trusted(case).state = "closed"
        case.invalidate_recordset()
        self.assertFalse(self._as("agent", case).similar_ids)

    def test_counted_and_told_once(self):
        """The first and its linked cases; none if nothing is left."""
        self.company.water_repeat_contacts = 3
        first, second, third = (self._inquiry() for _number in range(3))
        acts.link(self._as("agent", second), first)
        self.assertEqual((first.repeat_count, first.repeat_alerted_at), (2, False))
        acts.link(self._as("agent", third), second)
        self.assertEqual((third.repeat_of_id, first.repeat_count), (first, 3), "the first of all")
        self.assertEqual(first.repeat_alerted_at, self._later())
        partner = self.users["supervisor"].partner_id
        told = [("subject", "like", "contacts on the same matter")]
        messages = self.env["mail.message"].search([*told, ("partner_ids", "in", partner.ids)])
        self.assertEqual(messages.subject, f"{first.name}: 3 contacts on the same matter")
        acts.undo(self._as("agent", third), "另一件")
        acts.link(self._as("agent", third), first)
        self.assertEqual(self.env["mail.message"].search_count(told), 1)
        for case in (second, third):
            with self.assertRaisesRegex(UserError, "Give the reason"):
                acts.undo(self._as("agent", case), " ")
            acts.undo(self._as("agent", case), "另一件")
        self.assertEqual((first.repeat_count, second.repeat_of_id.id), (0, False))
        with self.assertRaisesRegex(UserError, "is no repeat"):
            acts.undo(self._as("agent", second), "另一件")
        with self.assertRaisesRegex(ValidationError, "no chains"):
            acts.link(self._as("agent", first), first)

    def test_repeats_of_what_is_merged(self):
        """They are contacts on the matter that is handled, as long as it is one."""
        self.company.water_repeat_contacts = 3
        first, second, third = (self._inquiry() for _number in range(3))
        acts.link(self._as("agent", third), second)
        values = {"duplicate_of_id": first.id, "end_reason": "同一件事", "state": "merged"}
        self._as("agent", second).write(values)
        self.assertEqual((first.repeat_count, bool(first.repeat_alerted_at)), (3, True))
        acts.undo(self._as("agent", third), "另一件")
        self.assertEqual((first.repeat_count, second.repeat_count), (2, 0))
        acts.link(self._as("agent", third), second)
        self.assertEqual((third.repeat_of_id, first.repeat_count), (first, 3))
        acts.undo(self._as("agent", second), "另一件")
        self.assertEqual((first.repeat_count, second.repeat_count), (2, 0))

    def test_merging_undone_of_what_is_repeated(self):
        first, second, third = (self._inquiry() for _number in range(3))
        acts.link(self._as("agent", third), second)
        values = {"duplicate_of_id": first.id, "end_reason": "同一件事", "state": "merged"}
        self._as("agent", second).write(values)
        acts.undo(self._as("agent", second), "另一件")
        self.assertEqual((first.repeat_count, second.repeat_count), (0, 2))

    def test_no_chains(self):
        """A linked case has no cases linked to it."""
        first, second, third = (self._inquiry() for _number in range(3))
        trusted(second).duplicate_of_id = first
        for case, original in ((first, first), (third, second), (first, third)):
            with self.assertRaisesRegex(ValidationError, "no chains"), self.env.cr.savepoint():
                trusted(case).duplicate_of_id = original
        self.assertEqual((first.duplicate_count, second._root()), (1, first))
        self.assertEqual(third._root(), third)

    def test_user_allowed_to_merge_names_original(self):
        """Before merging too: cases of two customers are joined only by a supervisor with a
        reason, also through a new case.
        """
        case, other = self._inquiry(), self._inquiry(partner_id=self.customer2.id)
        named = {"duplicate_of_id": other.id}
        reasoned = {**named, "end_reason": "同一件事"}
        for login, values, words in (
            ("agent", reasoned, "ask a supervisor"),
            ("agent", {**reasoned, "state": "withdrawn"}, "ask a supervisor"),
            ("agent", {**reasoned, "state": "merged"}, "ask a supervisor"),
            ("supervisor", named, "say why"),
            ("supervisor", {**named, "end_reason": " "}, "say why"),
        ):
            with self.subTest(login=login, values=values):
                with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
                    self._as(login, case).write(values)
        for login in ("agent", "supervisor"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._as(login, case).create({**self._inquiry_values(), **reasoned})
        self.assertFalse(case.duplicate_of_id or other.duplicate_ids)
        self._as("supervisor", case).write(reasoned)
        self._as("supervisor", case).write({"state": "merged"})
        self.assertEqual(other.duplicate_ids, case)

    def test_named_and_merged_in_two_steps(self):
        """One customer's matters: the agent names the original, and merges then."""
        case, original = self._inquiry(), self._inquiry()
        mine = self._as("agent", case)
        mine.duplicate_of_id = original
        mine.write({"state": "merged", "end_reason": "同一件事"})
        self.assertEqual((case.state, original.duplicate_ids), ("merged", case))

    def test_definition_of_original(self):
        """Chosen, open, of the company, and not with a barred handler."""
        case, other = self._inquiry(), self._inquiry()
        self.assertEqual(case._need_original(), ["choose the original case"])
        trusted(case).duplicate_of_id = other
        self.assertEqual(case._need_original(), [])
        trusted(other).state = "closed"
        self.assertEqual(case._need_original(), ["choose an original that is still open"])
        trusted(other).state = "registered"
        case._log_events("assigned", {"to": False, "not": self.users["agent"].ids})
        self.assertEqual(len(case._need_original()), 1)
        other.sudo().user_id = self.users["agent2"]
        self.assertEqual(case._need_original(), [])
        self.assertEqual(len(case._need_unmerging()), 1)
        self.assertEqual(other._need_unmerging(), [])
