from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...base.trust import trusted
from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestGuide(RequestCommon):
    """Guides of businesses: versions, completeness, and who keeps which."""

    def _next_version(self):
        action = self._as("manager", self.guide).action_new_version()
        return self.env["water.guide"].browse(action["res_id"])

    def test_examples_are_complete(self):
        """Each guide that we ship tells materials, steps, fees, limits and grounds."""
        guides = self.env["water.guide"].search([("is_example", "=", True)])
        self.assertGreaterEqual(len(guides), 9)
        for guide in guides:
            with self.subTest(guide=guide.code):
                self.assertEqual(guide.state, "in_force")
                self.assertTrue(guide.material_ids and guide.step_ids and guide.fee_ids)
                self.assertTrue(guide.refusal_grounds and guide.limit_basis)
                self.assertTrue(all(guide.fee_ids.mapped("basis")))
                self.assertGreater(guide.promised_days, 0)
                self.assertTrue(guide.category_id.for_request)

    def test_promises_are_not_longer_than_the_standard(self):
        """A guide never promises more time than the service standard of its category."""
        office = self.env.ref("water_service_desk.calendar_office")
        for guide in self.env["water.guide"].search([("is_example", "=", True)]):
            case = self._request(category_id=guide.category_id.id, guide_id=guide.id)
            lines = self.env["water.standard"]._lines_for(case, office, case.received_at)
            close = [line for line in lines if line.kind == "close"]
            with self.subTest(guide=guide.code):
                self.assertEqual(close[0].unit, "working_day")
                self.assertLessEqual(guide.promised_days, close[0].amount)

    def test_guide_in_force_is_not_edited(self):
        """Neither text nor rows, for any user and method."""
        guide = self._as("manager", self.guide)
        material = guide.material_ids[0]
        words = "in force or was|Only a draft"
        for name, call in (
            ("promise", lambda: guide.write({"promised_days": 9})),
            ("state", lambda: guide.write({"state": "draft"})),
            ("row", lambda: material.write({"name": "x"})),
            ("added row", lambda: material.copy()),
            ("removed row", lambda: material.unlink()),
            ("through the guide", lambda: guide.write({"fee_ids": [(5,)]})),
            ("delete", guide.unlink),
        ):
            with self.subTest(name), self.assertRefused(words, guide):
                call()
        guide.sequence = 3  # its place in a list does not matter to customers

    def test_new_version_and_cases_keep_theirs(self):
        case = self._request()
        self.assertEqual(case.guide_id, self.guide)
        draft = self._next_version()
        self.assertEqual((draft.version, draft.state), (2, "draft"))
        self.assertEqual(draft.previous_id, self.guide)
        self.assertEqual(draft.material_ids.mapped("name"), self.guide.material_ids.mapped("name"))
        again = self._as("manager", self.guide).action_new_version()
        self.assertEqual(again["res_id"], draft.id)  # no second draft beside the first
        draft = self._as("manager", draft)
        draft.write({"promised_days": 4})
        draft.material_ids[-1].unlink()
        draft.action_put_in_force()
        self.assertEqual(self.guide.state, "replaced")
        self.assertTrue(self.guide.valid_to)
        self.assertEqual((case.guide_id, case.guide_id.version), (self.guide, 1))
        self.assertEqual(len(case.material_ids), len(self.guide.material_ids))
        newer = self._request()
        self.assertEqual((newer.guide_id, newer.guide_id.version), (draft, 2))
        self.assertEqual(len(newer.material_ids), len(self.guide.material_ids) - 1)

    def test_incomplete_guide_is_not_put_in_force(self):
        """Customers are told everything at once, so everything has to be there."""
        draft = self._next_version()
        draft.step_ids.unlink()
        with self.assertRaisesRegex(UserError, "Steps"):
            self._as("manager", draft).action_put_in_force()

    def test_promise_within_the_law(self):
        draft = self._next_version()
        with self.assertRaises(ValidationError):
            draft.write({"statutory_days": 3, "promised_days": 5})

    def test_only_managers_write_guides(self):
        for login in ("agent", "department", "supervisor", "quality"):
            guide = self._as(login, self.guide)
            self.assertTrue(guide.name)
            with self.subTest(login=login), self.assertRaises(AccessError):
                guide.action_put_in_force()
            with self.subTest(login=login), self.assertRaises(AccessError):
                guide.action_new_version()

    def test_version_cannot_be_forged(self):
        """A new guide starts as the first draft, regardless of the values sent."""
        values = {
            "name": "T",
            "code": "T-1",
            "category_id": self._category("nc01").id,
            "state": "in_force",
            "version": 7,
        }
        guide = self._as("manager", self.env["water.guide"]).create(values)
        self.assertEqual((guide.state, guide.version), ("draft", 1))

    def test_which_guide_a_request_has(self):
        """The only one that fits; of two the agent's choice, which stays while it fits."""
        other = self.guide.copy({"code": "T-2", "name": "临街小店接水"})
        other.action_put_in_force()
        case = self._request()
        self.assertEqual((case.guide_id.ids, case.request_type), ([], "business"))
        case.guide_id = other
        case.category_id = self._category("lk03")
        self.assertEqual((case.guide_id.ids, case.request_type), ([], "repair"))
        case.category_id = self._category("nc01")
        self.assertFalse(case.guide_id)
        trusted(other).state = "replaced"
        self.env.registry.clear_cache()
        self.assertEqual(self._request().guide_id, self.guide)

    def test_own_data_by_the_date_of_the_guide(self):
        """The dialog promises what the guide does: working days, without holidays."""
        asked = {"partner_id": self.customer.id, "asked_on": "2026-09-21"}
        wizard = self._as("manager", self.env["water.package.wizard"]).create(asked)
        # 25 September and 1 to 7 October are days off, 10 October is worked
        self.assertEqual(str(wizard.due_on), "2026-10-19")
        guide = self.env.ref("water_service_desk.guide_pd01")
        draft = guide.browse(self._as("manager", guide).action_new_version()["res_id"])
        draft.promised_days = 4
        draft.action_put_in_force()
        wizard.invalidate_recordset(["due_on"])
        self.assertEqual(str(wizard.due_on), "2026-09-28")
        trusted(draft).state = "replaced"
        self.env.registry.clear_cache()
        wizard.invalidate_recordset(["due_on"])
        self.assertEqual(str(wizard.due_on), "2026-10-19")  # as the standard has it
