from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.trust import trusted

from .common import CompensationCommon

TODAY, DAY, MINUTE = date(2026, 3, 11), timedelta(days=1), timedelta(minutes=1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationDoubts(CompensationCommon):
    """What asks for a second look at one: facts, hands, payees, findings; on both sides each."""

    def _account(self, **values):
        values = {"code": "H-1", "partner_id": self.customer.id, "address": "东城路8号", **values}
        return self.env["water.account"].create(values)

    # -- two approve ------------------------------------------------------------------------

    def test_facts_entered_later(self):
        """More than four hours after they happened; at the fourth hour they are not."""
        self.assertEqual(self.company.water_late_entry_minutes, 240)
        now = fields.Datetime.now()
        for minutes, is_late in ((0, False), (240, False), (241, True)):
            case = self._complaint()
            trusted(case.sudo()).received_at = now - minutes * MINUTE
            row = self._row(kind="goodwill", complaint_id=case.id)
            self.assertIs(bool(row._late_entries()), is_late, minutes)
            zone = self.env["water.zone"].search([], limit=1)
            incident = self.env["water.incident"].create({"subject": "x", "zone_ids": zone.ids})
            trusted(incident).set_back_minutes = minutes
            self.assertIs(bool(self._row(incident_id=incident.id)._late_entries()), is_late)
        self.assertEqual(self._row()._late_entries(), [])

    def test_who_is_at_home_in_a_department(self):
        """Members, head and deputy, and whoever may have any case; of the company alone."""
        agent, plain = self.users["agent"], self.users["plain"]
        role, row = "water_service_desk.group_agent", self._row()
        self.assertFalse(row._is_foreign(agent, self.net, role))
        self.assertTrue(row._is_foreign(agent, self.net))
        self.assertTrue(row._is_foreign(plain, self.net, role))
        for name in ("member_ids", "manager_id", "deputy_id"):
            point = self.env.cr.savepoint()
            self.net[name] = plain
            self.assertFalse(row._is_foreign(plain, self.net), name)
            point.close(rollback=True)
            self.env.invalidate_all()
        elsewhere = self.env["res.company"].create({"name": "别处水务"})
        agent.write({"company_ids": elsewhere.ids, "company_id": elsewhere.id})
        self.assertTrue(row._is_foreign(agent, self.net, role))

    def test_whom_the_account_knows(self):
        """Its holder, whoever held it, and the customer of the case; without one, anybody."""
        account, stranger = self._account(), self.env["res.partner"].create({"name": "路人"})
        account.partner_id = self.customer2
        case = self._complaint(partner_id=stranger.id)
        for values, is_unknown in (
            *(({}, False), ({"account_id": account.id}, False)),
            *(({"account_id": account.id, "partner_id": self.customer2.id}, False),),
            *(({"account_id": account.id, "partner_id": stranger.id}, True),),
            *(({"partner_id": stranger.id}, False),),
            (
                {
                    "account_id": account.id,
                    "partner_id": stranger.id,
                    "complaint_id": case.id,
                    "kind": "goodwill",
                },
                False,
            ),
        ):
            self.assertIs(self._row(**values)._is_payee_unknown(), is_unknown, values)

    # -- exemptions -------------------------------------------------------------------------

    def _exemption(self, row, effect="void", **values):
        code = self.env["water.compensation.exemption.code"].search(
            [("effect", "=", effect)], limit=1
        )
        values = {"compensation_id": row.id, "code_id": code.id, "note": "x", **values}
        return self.env["water.compensation.exemption"].create(values)

    def test_facts_of_exemptions(self):
        """Of those that were approved: codes that void, spans that do not count."""
        row, now = self._row(), fields.Datetime.now()
        span = {"from_at": now - DAY, "until_at": now}
        rows = [self._exemption(row), self._exemption(row, "suspend", **span)]
        facts = self.env["water.compensation.exemption"]._facts_of
        for state in ("requested", "refused"):
            for exemption in rows:
                trusted(exemption).state = state
            self.assertEqual(facts(row), {}, state)
        for exemption in rows:
            trusted(exemption).state = "approved"
        code = rows[1].code_id.code
        pause = [(now - DAY).isoformat(), now.isoformat(), code]
        self.assertEqual(
            facts(row), {row.id: {"exempt": [rows[0].code_id.code], "pauses": [pause]}}
        )

    def test_spans_of_exemptions(self):
        """What only suspends has a beginning and an end; what voids needs neither."""
        row, now = self._row(), fields.Datetime.now()
        for values in ({}, {"from_at": now}, {"until_at": now}):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, "from when"):
                self._exemption(row, "suspend", **values)
        self.assertEqual(self._exemption(row).state, "requested")

    def test_what_exemptions_are_about(self):
        """Penalties and differences go with what they are for."""
        row = self._row()
        self.assertEqual(row._exempted_id(), row.id)
        self.assertEqual(self._row(kind="penalty", penalty_of_id=row.id)._exempted_id(), row.id)
        self.assertEqual(self._row(corrects_id=row.id)._exempted_id(), row.id)

    def test_who_decides_on_an_exemption(self):
        """A supervisor who has not asked for it, nor has a hand in what it is about."""
        case = self._complaint("supervisor2")
        row = self._row(complaint_id=case.id)
        exemption = self._exemption(row)
        trusted(exemption).requested_by_id = self.users["manager2"]
        for login, may in {"manager": True, "supervisor": True, "supervisor2": False}.items():
            self.assertEqual(exemption.with_user(self.users[login]).can_decide, may, login)
        for login in ("agent", "finance", "manager2"):
            with self.assertRaisesRegex(AccessError, "decided by a supervisor"):
                exemption.with_user(self.users[login]).action_approve()

    # -- looked at again --------------------------------------------------------------------

    def test_what_an_appeal_has_looked_at_again(self):
        """What people granted and is live; not its own grant, nor a difference."""
        case = self._complaint()
        appeal = trusted(self.env["water.appeal"].sudo()).create(
            {"complaint_id": case.id, "reason": "不认可", "level": "1"}
        )
        mine = {"complaint_id": case.id, "kind": "goodwill"}
        first = self._row(**mine, state="approved")
        rows = {
            name: self._row(**{**mine, **values})
            for name, values in {
                "draft": {},
                "proposed": {"state": "proposed"},
                "claim": {"kind": "claim"},
                "entitlement": {"kind": "entitlement"},
                "refused": {"state": "refused"},
                "withdrawn": {"state": "withdrawn"},
                "own": {"appeal_id": appeal.id},
                "difference": {"corrects_id": first.id},
            }.items()
        }
        instead = self._row(**mine, state="proposed")
        trusted(appeal).grant_on_id = instead
        (first | instead).union(*rows.values())._look_again(appeal)
        held = {name for name, row in rows.items() if row.recheck_appeal_id}
        self.assertEqual(held, {"draft", "proposed", "claim"})
        self.assertEqual(
            (bool(first.recheck_appeal_id), bool(instead.recheck_appeal_id)), (True, False)
        )
        self._confirm(first, appeal)

    def _confirm(self, row, appeal):
        """It stays, by whoever decides on it; not by whoever decided the appeal, nor an agent."""
        trusted(appeal).decided_by_id = self.users["supervisor"]
        for login, may in (*(("agent2", False), ("supervisor", False), ("supervisor2", True)),):
            self.assertIs(self._as(login, row).can_confirm, may, login)
        self.assertFalse(self._as("supervisor2", self._row(kind="goodwill")).can_confirm)
        mine = self._as("supervisor2", row)
        with self.assertRefused("Give the reason", row):
            mine._confirm_again(" ")
        mine._confirm_again("数额不变")
        self.assertFalse(row.recheck_appeal_id)
        self.assertEqual(row.approval_ids.mapped("decision"), ["kept"])
        with self.assertRefused("nothing about it", row):
            mine._confirm_again("再看")

    # -- deputies ---------------------------------------------------------------------------

    def _deputy(self, login="manager", **values):
        values = {
            "user_id": self.users["supervisor"].id,
            "deputy_id": self.users["supervisor2"].id,
            "date_from": TODAY,
            "date_to": TODAY + DAY,
            **values,
        }
        return self._as(login, self.env["water.compensation.delegation"]).create(values)

    def test_days_of_a_deputy(self):
        """From the first to the last, both included; who has left has none."""
        rows = self.env["water.compensation.delegation"]
        self._deputy(date_from=TODAY + DAY, date_to=TODAY + 2 * DAY)
        supervisor, deputy = self.users["supervisor"], self.users["supervisor2"]
        for days, stands_in in ((0, False), (1, True), (2, True), (3, False)):
            with freeze_time(f"{TODAY + days * DAY} 04:00:00"):
                found = rows._absent(deputy, self.company, rows.env["res.users"])
                self.assertEqual(found, supervisor if stands_in else found.browse(), days)
        with freeze_time(f"{TODAY + DAY} 04:00:00"):
            for barred in (self.users["manager"], supervisor):
                found = rows._absent(deputy, self.company, barred)
                self.assertEqual(bool(found), barred == supervisor)  # asked of the appointer
            supervisor.active = False
            self.assertFalse(rows._absent(deputy, self.company, rows.env["res.users"]))

    def test_who_appoints_a_deputy_from_when(self):
        """One's own, or a manager that of others; today at the earliest."""
        self.assertTrue(self._deputy("supervisor"))
        self.assertTrue(self._deputy("manager"))
        with self.assertRaises(AccessError):
            self._deputy("supervisor", user_id=self.users["manager"].id)
        with self.assertRaisesRegex(ValidationError, "begins today at the earliest"):
            self._deputy("supervisor", date_from=TODAY - DAY)
        row = self._deputy("supervisor")
        with freeze_time(f"{TODAY + DAY} 04:00:00"):
            row.reason = "出差"  # what has begun may be told of
            with self.assertRaisesRegex(ValidationError, "begins today at the earliest"):
                row.date_from = TODAY - DAY

    # -- applications about bills -----------------------------------------------------------

    def _refund(self, account, **values):
        values = {"period_from": "2026-01-01", "period_to": "2026-02-01", **values}
        values = {"certificate_number": "J", "error_percent": 6, **values}
        return self.env["water.meter.refund"].create({"account_id": account.id, **values})

    def test_holders_within_a_bill(self):
        """Whoever came on its last day, or before its second, has not shared it."""
        for day, is_shared in (
            *(("2025-12-31", False), ("2026-01-01", False), ("2026-01-02", True)),
            *(("2026-01-31", True), ("2026-02-01", False)),
        ):
            account = self._account(code=f"H-{day}")
            refund = self._refund(account)
            account.partner_id = self.customer2
            history = account.former_holder_ids
            trusted(history.sudo()).until = f"{day} 04:00:00"
            expected = fields.Date.to_date(day) if is_shared else False
            self.assertEqual(refund._holder_change(), expected, day)
            if is_shared:
                with self.assertRaisesRegex(UserError, day):
                    refund._check_one_holder()
            else:
                self.assertIsNone(refund._check_one_holder())

    def test_bills_within_each_other(self):
        """Of a leak within what the test of the meter covers, its days included."""
        account = self._account()
        refund = self._refund(account)
        for first, last, is_within in (
            *(("2026-01-01", "2026-02-01", True), ("2026-01-02", "2026-01-31", True)),
            *(("2025-12-31", "2026-02-01", False), ("2026-01-01", "2026-02-02", False)),
        ):
            leak = self.env["water.leak.allowance"].create(
                {"account_id": account.id, "period_from": first, "period_to": last}
            )
            self.assertIs(leak._is_within(refund), is_within, (first, last))
            self.assertIs(refund._is_within(leak), is_within, (first, last))

    def test_bills_that_share_days(self):
        """The day of the reading is shared by two bills, and is none of both."""
        account = self._account()
        trusted(self._refund(account).sudo()).write(
            {"state": "submitted", "compensation_id": self._row(state="approved").id}
        )
        for first, last, count in (
            *(("2026-02-01", "2026-03-01", 0), ("2026-01-31", "2026-03-01", 1)),
            *(("2025-12-01", "2026-01-01", 0), ("2025-12-01", "2026-01-02", 1)),
        ):
            leak = self.env["water.leak.allowance"].create(
                {"account_id": account.id, "period_from": first, "period_to": last}
            )
            self.assertEqual(len(leak._given_back()), count, (first, last))
