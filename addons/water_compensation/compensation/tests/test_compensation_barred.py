from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW

from .common import CompensationCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestCompensationBarred(CompensationCommon):
    """Users who recorded its facts cannot decide on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for login, user in cls.users.items():  # no two of the staff are one by their mail
            user.email = f"{login}@example.com"

    def _refused(self, row, login="supervisor"):
        """``login`` may not decide, and the attempt makes no change; another user may."""
        mine = self._as(login, row)
        self.assertFalse(mine.can_decide)
        for call in (mine.action_approve, lambda: acts.refuse(mine, "x")):
            with self.assertRaisesRegex(UserError, "had a hand in its facts"):
                call()
        self.assertEqual(row.state, "proposed")
        self.assertFalse(row.approval_ids)
        self._as("supervisor2", row).action_approve()
        self.assertEqual(row.state, "approved")

    def test_payee(self):
        """Staff are customers too, but cannot approve their own payment."""
        row = self._proposed(partner_id=self.users["supervisor"].partner_id.id)
        with self.assertRaisesRegex(UserError, "had a hand in its facts"):
            self._as("supervisor", row).action_approve()
        self._two(row, "staff", "supervisor2", "manager2")

    def test_draft_author(self):
        """Authors of amount or payee are involved, even if it was changed back."""
        row = self._compensation()
        for login, amount in (("supervisor", 90), ("agent", 100)):
            self._as(login, row).amount = amount
        self._as("agent", row).action_propose()
        self._refused(row)

    def test_identifying_user(self):
        case = self._complaint()
        self._as("supervisor", case)._log_events("identified")
        self._refused(self._proposed(case=case))

    def test_one_large_in_small_pieces(self):
        """For one case, or of one payee within days, they are decided by their total."""
        case, stranger = self._complaint(), self.env["res.partner"].create({"name": "外人"})
        self._approved(case=case, amount=400)
        for values in ({"case": case}, {}, {"partner_id": stranger.id, "case": case}):
            row = self._proposed(amount=200, **values)
            self.assertEqual(row.joint_amount, 600)
            with self.assertRaisesRegex(UserError, r"decided by: .* besides .*600"):
                self._as("supervisor", row).action_approve()
            acts.withdraw(self._as("supervisor", row), "x")
        self.company.water_joint_days = 0
        row = self._proposed(amount=200)
        self._as("supervisor", row).action_approve()
        self.assertEqual((row.joint_amount, row.state), (200, "approved"))

    def test_sum_above_all_bands(self):
        """A lawful second one waits for the highest who decide, not for a new band."""
        bands = self.env["water.compensation.band"].sudo()
        bands.search([("amount_to", "=", 0)]).amount_to = 100_000
        self._proposed(amount=90_000)
        row = self._proposed(amount=20_000)
        self.assertEqual(bands._all_of(row.company_id)._fitting(row).amount_to, 100_000)
        with self.assertRaisesRegex(UserError, "no approval band fits"):
            self._proposed(amount=120_000)

    def test_registering_user(self):
        case = self._complaint("supervisor")
        acts.hand_over(self._as("supervisor", case), self.users["agent2"], "换人")
        self._refused(self._proposed(case=case))

    def test_editor_of_deciding_text_is_not_barred(self):
        """Bands, budgets and holders are changed by two people; no edit is looked back at."""
        account = self.env["water.account"].create(
            {"code": "H-1", "partner_id": self.customer.id, "address": "东城路8号"}
        )
        row = self._proposed(account_id=account.id)
        band = row._band_of()(row)
        band.with_user(self.users["supervisor"]).sudo().amount_to = band.amount_to + 1
        self.assertTrue(self._as("supervisor", row).can_decide)

    def test_creator_of_incident(self):
        """The users who started it, commanded it, or announced its end."""
        incident = (
            self.env["water.incident"]
            .with_user(self.users["supervisor"])
            .create(
                {
                    "subject": "爆管",
                    "zone_ids": self.env["water.zone"].search([], limit=1).ids,
                }
            )
        )
        row = self._proposed()
        self._trusted(row).incident_id = incident
        self._refused(row)

    # -- sequences --------------------------------------------------------------------------

    def _two(self, row, reason, first="supervisor", second="supervisor2"):
        """Two people approve it, who read why; one alone does not."""
        self.assertIn(reason, row.second_note)
        self._as(first, row).action_approve()
        self.assertEqual(row.state, "proposed")
        self.assertFalse(row.sudo().move_id)
        with self.assertRaisesRegex(UserError, "approved it already"):
            self._as(first, row).action_approve()
        self._as(second, row).action_approve()
        self.assertEqual(row.state, "approved")

    def test_receipt_set_back(self):
        """Entered hours after its receipt: two approve; within the tolerance one does."""
        case = self._complaint(received_at="2026-03-10 02:00:00")
        row = self._proposed(case=case)
        self.assertIn(case.name, row.second_note)
        self.company.water_late_entry_minutes = 3000
        row.invalidate_recordset(["second_note"])
        self.assertFalse(row.second_note)
        self.company.water_late_entry_minutes = 240
        row.invalidate_recordset(["second_note"])
        self._two(row, "entered")

    def test_complaint_from_inquiry(self):
        """A complaint keeps the receipt of its inquiry: that is no setting back."""
        with freeze_time("2026-03-09 02:00:00"):
            inquiry = self._inquiry()
        values = {
            "category_id": self._category("bl02").id,
            "address": "东城路8号",
            "occurred_at": "2026-03-09 01:00:00",
            "demand": "重新计费",
        }
        case = self._as("agent", inquiry)._convert_to_complaint(values, "不满意").with_env(self.env)
        self.assertFalse(self._proposed(case=case).second_note)

    def _incident(self, login="supervisor", **values):
        values = {
            "subject": "爆管",
            "zone_ids": self.env["water.zone"].search([], limit=1).ids,
        } | values
        return self._as(login, self.env["water.incident"]).create(values).with_env(self.env)

    def _of_incident(self, incident):
        row = self._proposed()
        self._trusted(row).incident_id = incident
        return row

    def test_beginning_set_back_and_changed_back(self):
        """Set back, worked out, put right again: it stays known by whom, and two approve."""
        incident = self._incident("agent2")
        begun = incident.aware_at
        row = self._of_incident(incident)
        self.assertFalse(row.second_note)
        self._as("supervisor", incident).aware_at = "2026-03-10 02:00:00"
        self._as("supervisor", incident).aware_at = begun
        self.assertIn("set back by 1 d", row.second_note)
        self.assertIn(self.users["supervisor"].name, row.second_note)
        with self.assertRaisesRegex(UserError, "had a hand in its facts"):
            self._as("supervisor", row).action_approve()
        self._two(row, "set back", "supervisor2", "manager2")

    def test_commander_changed_and_changed_back(self):
        """Naming a commander, even briefly, involves; a former commander is not involved."""
        incident = self._incident("agent2")
        before = incident.manager_id
        row = self._of_incident(incident)
        self._as("supervisor", incident).manager_id = self.users["agent"]
        self._as("supervisor", incident).manager_id = before
        self._refused(row)

    def test_foreign_commander(self):
        incident = self._incident("agent2", manager_id=self.users["plain"].id)
        self._two(self._of_incident(incident), "commands the incident")

    def test_user_ending_incident(self):
        """The user who entered the restoration cannot decide on the compensation."""
        incident = self._incident("agent2")
        self._as("agent2", incident).action_start()
        self._as("supervisor", incident)._restore(incident.aware_at, "已恢复供水。")
        self._refused(self._of_incident(incident))

    def test_naming_first_responsible(self):
        """Handing over, even there and back, involves."""
        case = self._complaint()
        acts.hand_over(self._as("supervisor", case), self.users["agent2"], "换人")
        acts.hand_over(self._as("supervisor2", case), self.users["agent"], "换回")
        row = self._proposed(case=case)
        for login in ("supervisor", "supervisor2"):
            with self.assertRaisesRegex(UserError, "had a hand in its facts"):
                self._as(login, row).action_approve()
        self._as("manager2", row).action_approve()
        self.assertEqual(row.state, "approved")

    def test_first_responsible_put_there(self):
        case = self._complaint("manager", first_responsible_id=self.users["agent"].id)
        self._two(self._proposed(case=case), "named")

    def test_foreign_first_responsible(self):
        case = self._complaint()
        acts.hand_over(self._as("manager", case), self.users["department2"], "换人")
        self._trusted(case).department_id = self.net
        self._two(self._proposed(case=case), "is not of its department")

    def test_staff_as_payee(self):
        """By contact, phone, mail, street or bank account, the payee cannot decide."""
        mine = self.users["supervisor"].partner_id
        mine.write({"phone": "13711112222", "email": "me@example.com", "street": "北街1号"})
        self.env["res.partner.bank"].create({"partner_id": mine.id, "acc_number": "6222 0001"})
        for values in (
            {"phone": "+86 137 1111 2222"},
            {"email": "Me@example.com"},
            {"street": "北街1号"},
            {"bank_ids": [Command.create({"acc_number": "62220001"})]},
        ):
            with self.subTest(values):
                payee = self.env["res.partner"].create({"name": "某人", **values})
                row = self._proposed(partner_id=payee.id)
                with self.assertRaisesRegex(UserError, "had a hand in its facts"):
                    self._as("supervisor", row).action_approve()
                self._two(row, "staff", "supervisor2", "manager2")

    def test_at_home(self):
        """Not on payments for the account of their own home."""
        self.users["supervisor"].partner_id.street = "北街1号"
        account = self.env["water.account"].create(
            {"code": "H-1", "partner_id": self.customer.id, "address": "北街1号"}
        )
        row = self._proposed(account_id=account.id, partner_id=self.customer.id)
        with self.assertRaisesRegex(UserError, "had a hand in its facts"):
            self._as("supervisor", row).action_approve()
        self._two(row, "staff", "supervisor2", "manager2")

    def test_account_delegate(self):
        """Not on those of a person who named them as a contact before they were staff."""
        account = self.env["water.account"].create(
            {"code": "H-1", "partner_id": self.customer.id, "address": "东城路8号"}
        )
        named = {"account_id": account.id, "holder_id": self.customer.id, "name": "x"}
        mine = {"partner_id": self.users["supervisor"].partner_id.id, "state": "active"}
        days = {"date_from": "2026-01-01"}
        self._trusted(self.env["water.account.delegate"]).create({**named, **mine, **days})
        row = self._proposed(account_id=account.id, partner_id=self.customer.id)
        with self.assertRaisesRegex(UserError, "had a hand in its facts"):
            self._as("supervisor", row).action_approve()
        self._two(row, "staff", "supervisor2", "manager2")

    def test_proposer_of_other_is_not_barred(self):
        """Withdrawn and proposed by another user: each compensation is judged by its own hands."""
        case = self._complaint()
        first = self._proposed("supervisor", case=case)
        acts.withdraw(self._as("supervisor", first), "x")
        row = self._proposed("agent2", case=case)
        self._as("supervisor", row).action_approve()
        self.assertEqual(row.state, "approved")

    def test_unknown_payee(self):
        account = self.env["water.account"].create(
            {"code": "H-1", "partner_id": self.customer.id, "address": "东城路8号"}
        )
        stranger = self.env["res.partner"].create({"name": "某人"})
        row = self._proposed(account_id=account.id, partner_id=stranger.id)
        self._two(row, "neither the holder nor the customer")

    def test_many_at_once(self):
        """Bulk approval leaves those that need a second approver waiting, and approves the
        others.
        """
        plain = self._proposed()
        late = self._proposed(case=self._complaint(received_at="2026-03-10 02:00:00"))
        self._as("supervisor", plain | late).action_approve()
        self.assertEqual([plain.state, late.state], ["approved", "proposed"])

    def test_rule_by_hand(self):
        """What a band leaves to the rule is approved regardless of the reporting user."""
        self.env["water.compensation.band"].search([]).approvers = 0
        row = self._entitlement()
        self.assertEqual(row.state, "approved")
        late = self._complaint(received_at="2026-03-10 02:00:00")
        row = self._entitlement("rule:2", complaint_id=late.id)
        self.assertEqual(row.state, "proposed")
        self._two(row, "entered")

    def test_payee_books_nothing(self):
        """Finance does not post or pay amounts that it receives."""
        row = self._proposed(partner_id=self.users["finance"].partner_id.id)
        self._as("supervisor", row).action_approve()
        self._as("supervisor2", row).action_approve()
        with self.assertRefused("had a hand in its facts"):
            self._post(row)
        with self.assertRaisesRegex(UserError, "had a hand in its facts"):
            self._as("finance", row.sudo().move_id).auto_post = "at_date"
        self._post(row, "accountant")
        with self.assertRefused("had a hand in its facts"):
            self._pay(row)
        self._pay(row, "accountant")
        self.assertEqual(row.payment_state, "paid")

    def test_approver_cannot_pay(self):
        """Where finance decides, one user approves and another posts and pays, if there is
        another; former employees do not count.
        """
        row = self._proposed(amount=50_000)
        self._trusted(row._band_of()(row)).write({"role": "finance", "approvers": 1})
        self.env.flush_all()
        row = self._proposed(amount=50_000, partner_id=self.customer2.id)
        self._as("finance", row).action_approve()
        self.assertEqual(row.state, "approved")
        with self.assertRefused("a colleague in finance"):
            self._post(row)
        with self.assertRaisesRegex(UserError, "a colleague in finance"):
            self._as("finance", row.sudo().move_id).auto_post = "at_date"
        self._post(row, "accountant")
        with self.assertRefused("a colleague in finance"):
            self._pay(row)
        others = self.env.ref("account.group_account_invoice").all_user_ids
        (others - self.users["finance"]).active = False
        self._pay(row)
        self.assertEqual(row.payment_state, "paid")

    # -- many at once -------------------------------------------------------------------------

    def _owed(self, count, name, **links):
        """As many entitlements for as many customers, proposed by a rule."""
        people = self.env["res.partner"].create([{"name": f"{name}{n}"} for n in range(count)])
        values = {"kind": "entitlement", "amount": 50, "reason": "停水", **links}
        return self.env["water.compensation"]._propose(
            [{**values, "partner_id": p.id, "origin_key": f"{name}:{p.id}"} for p in people]
        )

    def _queries(self, rows, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work(self._as("supervisor2", rows))
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_few_queries_for_many(self):
        """Involved users are looked up for all rows together."""
        incident = self._incident()
        few, many = (self._owed(n, f"户{n}-", incident_id=incident.id) for n in (10, 100))
        for work in (lambda rows: rows.mapped("can_decide"), lambda rows: rows.action_approve()):
            counts = [self._queries(rows, work) for rows in (few, many)]
            self.assertLess(counts[1] - counts[0], 20, counts)
        self.assertEqual(set((few | many).mapped("state")), {"approved"})
