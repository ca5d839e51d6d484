import ast
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW

from . import test_leak_allowance
from .common import CompensationCommon

HELPERS = ("_water_same_payee", "_water_is_same_payee")
#: Each place that asks who is paid as one, by its test below; where none, it is kept from before.
USES = {
    "_water_staff_by_contact": "test_own_contact_below_is_barred",
    "_water_paid": "test_bank_of_the_company_freezes_its_contact",
    "_water_bank_changes": "test_bank_of_a_contact_freezes_the_company",
    "_hands": "test_author_of_company_change_does_not_confirm_its_contact",
    "_fresh_changes": "test_bank_of_the_company_freezes_its_contact",
    "_is_touched_by": "test_bank_of_the_company_freezes_its_contact",
    "_keep": "test_change_of_the_company_meets_its_contacts",
    "_joined_by_any": "test_pieces_for_contacts_of_one_company_count_as_one",
    "_is_payee_unknown": "test_contact_of_the_holder_is_a_known_payee",
    "_other_payee": "test_contact_of_the_rightful_holder_is_paid",
    "_compute_payee_kind": "test_contact_of_a_holder_is_a_customer",
    "_compute_repeat": "test_pieces_for_contacts_of_one_company_count_as_one",
    "_check_first_in_time": "test_once_for_two_contacts_of_one_payee",
    "_check_invoice": None,
    "_entry_values": None,
    "_pay_faults": None,
}


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestCompensationSamePayee(CompensationCommon):
    """The books pay the commercial contact: it and all contacts below are one payee."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for login, user in cls.users.items():  # no two of the staff are one by their mail
            user.email = f"{login}@example.com"
        partners = cls.env["res.partner"]
        cls.firm = partners.create(
            {"name": "东城物业公司", "is_company": True, "email": "firm@example.com"}
        )
        cls.people = partners.create(
            [
                {"name": f"物业员工{n}", "email": f"p{n}@example.com", "parent_id": cls.firm.id}
                for n in range(3)
            ]
        )

    def _account(self, partner, **values):
        return self.env["water.account"].create(
            {"code": "SP-1", "partner_id": partner.id, "address": "东城路9号", **values}
        )

    def test_every_use_has_its_test(self):
        """A new place that asks who is paid as one brings its test."""
        found = set()
        for room in ("water_service_desk/account_change", "water_compensation/compensation"):
            for path in Path(__file__).parents[3].joinpath(room).glob("models/*.py"):
                for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                    if isinstance(node, ast.FunctionDef) and node.name not in HELPERS:
                        names = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
                        found |= {node.name} if names & {*HELPERS} else set()
        self.assertEqual(found, USES.keys())
        tests = (self, test_leak_allowance.TestLeakAllowance)
        for test in filter(None, USES.values()):
            self.assertTrue(any(hasattr(row, test) for row in tests), test)

    # -- who decides ------------------------------------------------------------------------

    def test_own_contact_below_is_barred(self):
        own = self.users["manager"].partner_id
        child = self.env["res.partner"].create({"name": "王小芳", "parent_id": own.id})
        self.assertEqual(child.commercial_partner_id, own)
        row = self._proposed(partner_id=child.id, amount=480)
        mine = self._as("manager", row)
        self.assertFalse(mine.can_decide)
        with self.assertRaisesRegex(UserError, "had a hand in its facts"):
            mine.action_approve()
        self.assertIn(self.users["manager"].name, row.second_note)
        self._as("supervisor", row).action_approve()
        self.assertEqual(row.state, "proposed")  # a second one approves it as well

    def test_bank_of_staff_below_the_payee_is_seen(self):
        """A contact of the same company has the bank account of one of the staff."""
        number = "6222 0000 1111 2222"
        owners = self.people[1] | self.users["supervisor"].partner_id
        for owner in owners:
            self.env["res.partner.bank"].create({"acc_number": number, "partner_id": owner.id})
        row = self._proposed(partner_id=self.people[0].id)
        self.assertIn(self.users["supervisor"], row._barred())

    # -- sums -------------------------------------------------------------------------------

    def test_pieces_for_contacts_of_one_company_count_as_one(self):
        """Three times 490 to three people of one company are decided like 1,470."""
        rows = [self._proposed(partner_id=one.id, amount=490) for one in self.people]
        self.assertEqual([row.joint_amount for row in rows], [490, 980, 1470])
        self._as("supervisor", rows[0]).action_approve()
        for row in rows[1:]:
            with self.assertRaisesRegex(UserError, "decided by"):
                self._as("supervisor", row).action_approve()
            self.assertEqual(row.state, "proposed")
        self.assertEqual((rows[2].repeat_count, rows[2].repeat_amount), (2, 980))
        alone = self._proposed(partner_id=self.env["res.partner"].create({"name": "外人"}).id)
        self.assertEqual((alone.joint_amount, alone.repeat_count), (100, 0))

    def test_two_proposed_at_once_meet_by_their_payee(self):
        models = "odoo.addons.water_compensation.compensation.models"
        path = f"{models}.water_compensation_pricing.force_conflict"
        with patch(path) as met:
            self._proposed(partner_id=self.people[0].id)
        self.assertIn(self.firm, [call.args[0] for call in met.call_args_list])

    # -- freezes ----------------------------------------------------------------------------

    def _bank(self, owner):
        values = {"acc_number": "6222 0000 9999 8888", "partner_id": owner.id}
        return self.env["res.partner.bank"].with_user(self.users["agent"]).sudo().create(values)

    def assertFrozen(self, row):
        self.env.invalidate_all()
        self.assertIn("bank account", row.freeze_note or "")
        with self.assertRefused("bank account"):
            self._post(row)
        self.assertEqual(row.payment_state, "draft")

    def test_bank_of_the_company_freezes_its_contact(self):
        """An unconfirmed account of the company is not paid through its contact person."""
        row = self._approved(partner_id=self.people[0].id)
        self._bank(self.firm)
        self.assertFrozen(row)
        later = self._approved(partner_id=self.people[1].id)
        self.assertFrozen(later)

    def test_bank_of_a_contact_freezes_the_company(self):
        row = self._approved(partner_id=self.firm.id)
        self._bank(self.people[0])
        self.assertFrozen(row)

    def test_bank_of_a_stranger_freezes_no_other_payee(self):
        row = self._approved(partner_id=self.people[0].id)
        self._account(self.customer2)
        self._bank(self.customer2)
        self.env.invalidate_all()
        self.assertFalse(row.freeze_note)

    def test_author_of_company_change_does_not_confirm_its_contact(self):
        """Two changes of one payee lately: neither author confirms the other's."""
        self._approved(partner_id=self.people[0].id)
        self._approved(partner_id=self.firm.id)
        changes = self.env["water.account.change"]
        before = changes.search([])
        for login, partner in (("supervisor", self.firm), ("agent", self.people[0])):
            partner.with_user(self.users[login]).sudo().phone = f"1380000{len(login):04d}"
        change = (changes.search([]) - before).filtered(
            lambda row: row.user_id == self.users["agent"]
        )
        self.assertEqual(change.partner_id, self.people[0])
        with self.assertRaisesRegex(AccessError, "was not involved"):
            self._as("supervisor", change).action_confirm()
        self._as("supervisor2", change).action_confirm()
        self.assertEqual(change.state, "confirmed")

    def test_change_of_the_company_meets_its_contacts(self):
        row = self._approved(partner_id=self.people[0].id)
        path = (
            "odoo.addons.water_compensation.compensation.models.water_account_change.force_conflict"
        )
        with patch(path) as met:
            self._bank(self.firm)
        self.assertIn(row, met.call_args.args[0])

    # -- accounts ---------------------------------------------------------------------------

    def test_contact_of_the_holder_is_a_known_payee(self):
        """Paid to the company all the same; a stranger is told to the holder."""
        account = self._account(self.firm)
        case = self._complaint(partner_id=self.customer.id)
        known = self._proposed(case=case, account_id=account.id, partner_id=self.people[0].id)
        self.assertFalse(known.second_note)
        stranger = self._proposed(case=case, account_id=account.id, partner_id=self.customer2.id)
        self.assertIn("neither the holder", stranger.second_note)

    def test_contact_of_the_rightful_holder_is_paid(self):
        row = self._proposed(partner_id=self.people[0].id)
        model = "odoo.addons.water_compensation.compensation.models.water_compensation_paying"
        with patch(f"{model}.WaterCompensation._rightful", lambda row: self.firm):
            self.assertFalse(row._other_payee())
        with patch(f"{model}.WaterCompensation._rightful", lambda row: self.customer2):
            self.assertEqual(row._other_payee(), self.customer2)

    def test_contact_of_a_holder_is_a_customer(self):
        self._account(self.firm)
        row = self._compensation(kind="claim", partner_id=self.people[0].id)
        self.assertEqual(row.payee_kind, "customer")
