from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.trust import trusted

from .common import CompensationCommon

TODAY, DAY, MINUTE = date(2026, 3, 11), timedelta(days=1), timedelta(minutes=1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationDoubts(CompensationCommon):
    """Reasons for a second approver: facts, involvement, payees, findings; each on both sides."""

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
            self.assertIs("was entered" in (row.second_note or ""), is_late, minutes)
            zone = self.env["water.zone"].search([], limit=1)
            incident = self.env["water.incident"].create({"subject": "x", "zone_ids": zone.ids})
            trusted(incident).set_back_minutes = minutes
            note = self._row(incident_id=incident.id).second_note or ""
            self.assertIs("was set back" in note, is_late)
        self.assertFalse(self._row().second_note)

    def test_members_of_department(self):
        """Members, head and deputy, and roles with access to all cases; of the company only."""
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

    def test_people_known_by_account(self):
        """The holder, former holders and the customer of the case; without a case, any payee."""
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
            note = self._row(**values).second_note or ""
            self.assertIs("neither the holder" in note, is_unknown, values)

    # -- exemptions -------------------------------------------------------------------------

    def _exemption(self, row, effect="void", **values):
        code = self.env["water.compensation.exemption.code"].search(
            [("effect", "=", effect)], limit=1
        )
        values = {"compensation_id": row.id, "code_id": code.id, "note": "x", **values}
        return self.env["water.compensation.exemption"].create(values)

    def test_spans_of_exemptions(self):
        """Suspending exemptions have a begin and an end; voiding ones need neither."""
        row, now = self._row(), fields.Datetime.now()
        for values in ({}, {"from_at": now}, {"until_at": now}):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, "from when"):
                self._exemption(row, "suspend", **values)
        self.assertEqual(self._exemption(row).state, "requested")

    def test_penalties_and_differences_wait_with_what_they_are_for(self):
        row = self._row(state="proposed")
        others = self._row(state="proposed", kind="penalty", penalty_of_id=row.id)
        others |= self._row(state="proposed", corrects_id=row.id)
        self._exemption(row)
        self.assertEqual((row | others).mapped("is_held"), [True] * 3)

    def test_decider_of_exemption(self):
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

    def test_findings_reopened_by_appeal(self):
        """Live grants by people, except the appeal's own and corrections."""
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
        """Confirmed by an approver, but not by who decided the appeal, or an agent."""
        trusted(appeal).decided_by_id = self.users["supervisor"]
        for login, may in (*(("agent2", False), ("supervisor", False), ("supervisor2", True)),):
            self.assertIs(self._as(login, row).can_confirm, may, login)
        self.assertFalse(self._as("supervisor2", self._row(kind="goodwill")).can_confirm)
        mine = self._as("supervisor2", row)
        with self.assertRefused("Give the reason", row):
            acts.fill(mine, "action_confirm", "action_save", reason=" ")
        acts.fill(mine, "action_confirm", "action_save", reason="数额不变")
        self.assertFalse(row.recheck_appeal_id)
        self.assertEqual(row.approval_ids.mapped("decision"), ["kept"])
        with self.assertRefused("no review of it is due", row):
            acts.fill(mine, "action_confirm", "action_save", reason="再看")

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

    def test_deputy_appointment_and_start(self):
        """One's own, or a manager that of others; today at the earliest."""
        self.assertTrue(self._deputy("supervisor"))
        self.assertTrue(self._deputy("manager"))
        with self.assertRaises(AccessError):
            self._deputy("supervisor", user_id=self.users["manager"].id)
        with self.assertRaisesRegex(ValidationError, "begins today at the earliest"):
            self._deputy("supervisor", date_from=TODAY - DAY)
        row = self._deputy("supervisor")
        with freeze_time(f"{TODAY + DAY} 04:00:00"):
            row.reason = "出差"  # events that have begun may be announced
            with self.assertRaisesRegex(ValidationError, "begins today at the earliest"):
                row.date_from = TODAY - DAY
