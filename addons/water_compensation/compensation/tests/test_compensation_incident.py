from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...compensation_scheme.tests.common import SchemeCommon
from ..models import water_incident as job

BEGUN, BACK = "2026-03-11 19:20", "2026-03-13 01:35"


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-20 10:00"))
class TestCompensationIncident(SchemeCommon):
    """An outage of thousands, compensated by rule without applications (S-3)."""

    # -- S-3 --------------------------------------------------------------------------------------

    def test_burst_main_of_the_east_town(self):
        """3,180 households and 46 businesses, 30 h 15 min: £327,200, payable by 13 April."""
        self._accounts(3180)
        self._accounts(46, 2, customer_class="business")
        incident = self._incident(BEGUN)
        rows = self._restored(incident, BACK)
        self.assertEqual(len(rows), 3226)
        self.assertOwed(rows, 327200)
        self.assertEqual(set(rows.mapped("state")), {"proposed"})
        self.assertEqual(set(rows.mapped("kind")), {"entitlement"})
        self.assertDue(rows[0], "2026-04-13")
        self.assertEqual(rows[0].failed_at, local("2026-03-12 07:20"))
        self.assertFalse(incident.compensation_check_at)
        self.assertEqual((incident.compensation_count, incident.compensation_total), (3226, 327200))

    def test_strategic_main(self):
        """Excluded if known from the start, and dropped if found later."""
        self._accounts(3)
        incident = self._incident(BEGUN, strategic_main=True)
        self.assertFalse(self._restored(incident, BACK))
        incident.strategic_main = False
        self._job()
        self.assertOwed(self._of(incident), 300)
        incident.strategic_main = True
        self._job()
        rows = self._of(incident)
        self.assertOwed(rows, 0)
        self.assertEqual(len(rows), 3)
        for row in rows:
            self.assertEqual(row.version_ids.mapped("amount"), [0, 100])
            self.assertEqual(row.rule_id, self._rule("gss_en_2025_supply_strategic_household"))

    def test_moved_in_the_middle_of_an_outage(self):
        """The holder at the time of the missed limit is paid, whenever it is calculated."""
        account = self._account()
        first = account.partner_id
        second = self.env["res.partner"].create({"name": "新户主"})
        third = self.env["res.partner"].create({"name": "再新户主"})
        incident = self._incident(BEGUN)  # the limit passes on 12 March, 07:20
        with freeze_time(local("2026-03-12 12:00")):
            account.partner_id = second
        rows = self._restored(incident, BACK)
        self.assertEqual((rows.failed_at, rows.partner_id), (local("2026-03-12 07:20"), first))
        account.write({"partner_id": third.id, "holder_since": local("2026-03-14 00:00")})
        incident.counted_hours = 40
        self._job()
        self.assertEqual(rows.partner_id, first)
        self.assertEqual(account._holder_at(local("2026-03-13 00:00")), second)
        self.assertEqual(account._holder_at(local("2026-03-14 00:00")), third)
        with self.assertRaisesRegex(ValidationError, "came later than that"):
            account.write({"partner_id": first.id, "holder_since": local("2026-03-01 00:00")})
        with self.assertRaisesRegex(AccessError, "kept by the system"):
            self._as("manager", account.former_holder_ids).write({"until": local(BACK)})

    def test_sixty_hours(self):
        """£250 in England now; £40 by the scheme of 2008."""
        self._account()
        incident = self._incident("2026-03-11 08:00")
        self.assertOwed(self._restored(incident, "2026-03-13 20:00"), 250)
        self._choose("gss_ew_2008")
        other = self._incident("2026-03-16 08:00")
        self.assertOwed(self._restored(other, "2026-03-18 20:00"), 40)

    def test_wales_by_the_voluntary_scheme(self):
        """Its own rule first, all else by the schemes it is based on."""
        self._choose("dwrcymru")
        self._account()
        incident = self._incident("2026-03-11 08:00")
        rows = self._restored(incident, "2026-03-12 09:00")
        self.assertOwed(rows, 60)
        self.assertFalse(rows.due_on)  # the source gives no day to pay
        rule = self.env["water.compensation.rule"]._rule_for(
            self.company, "planned_notice", "household", local("2026-03-11 08:00").date()
        )
        self.assertEqual(rule.code, "PLAN_NOTICE_WA")

    def _hanging(self, incident, at, **values):
        values |= {"zone_id": self.zone.id, "category_id": self._category("ot03").id}
        with freeze_time(local(at)):
            case = self._complaint(occurred_at=local(at), **values)
        self.assertEqual(case.incident_id, incident)
        return case

    def test_ends_before_anybody_has_looked_at_a_limit(self):
        """An unpaid compensation keeps its own complaint open, but no other."""
        incident = self._incident("2026-03-11 09:50")
        late = self._hanging(incident, "2026-03-11 10:00")
        other = self.env["res.partner"].create({"name": "李娜", "email": "lina@example.com"})
        fresh = self._hanging(incident, "2026-03-25 15:00", partner_id=other.id)
        with freeze_time(local("2026-03-25 17:30:01")):  # its guaranteed limit has just passed
            incident._restore(local("2026-03-25 17:00"), "已恢复供水。")
            with self.enter_registry_test_mode():
                self.env.ref("water_complaints.ir_cron_incidents").sudo().method_direct_trigger()
        self.assertEqual(fresh.state, "archived")
        self.assertEqual(late.state, "registered")
        self.assertOwed(late.compensation_ids, 40)
        self.assertIn("a compensation is not decided yet", late.sudo()._who_waits())
        self.assertNotIn("incident_over", late.event_ids.mapped("kind"))
        self.assertWhole(late)

    # -- the job ----------------------------------------------------------------------------------

    def test_run_twice_and_again(self):
        self._accounts(3)
        incident = self._incident(BEGUN)
        rows = self._restored(incident, BACK)
        self.assertOwed(rows, 300)
        before = rows.mapped(lambda row: (row.id, row.amount, row.version_ids.ids))
        for __ in range(2):
            incident.action_compensate()
            self._job()
        after = self._of(incident).mapped(lambda row: (row.id, row.amount, row.version_ids.ids))
        self.assertEqual(before, after)

    def test_worker_dies_in_between(self):
        """Committed rows stay; the next run continues with the rest."""
        accounts = self._accounts(5)
        incident = self._incident(BEGUN)
        self._restored(incident, BACK, job=False)
        with patch.object(job, "BATCH", 2):
            worker = trusted(incident.sudo())
            self.assertTrue(worker._compensate_batch())
            self.assertEqual(len(self._of(incident)), 2)
            # the second batch is lost with the worker, after its rows, before its mark
            try:
                with self.env.cr.savepoint():
                    worker._compensate_accounts(accounts[2:4])
                    raise InterruptedError
            except InterruptedError:
                self.env.invalidate_all()
            self.assertEqual(incident.compensation_account_id, accounts[1].id)
            with freeze_time(local(BACK)):
                self._job()
        self.assertEqual(self._of(incident).account_id, accounts)
        self.assertOwed(self._of(incident), 500)

    def test_one_that_fails_is_put_off(self):
        self._account()
        bad, good = self._incident(BEGUN), self._incident(BEGUN)
        for incident in (bad, good):
            self._restored(incident, BACK, job=False)
        mixin = self.env.registry["water.incident"]
        original = mixin._compensate_accounts

        def fail(records, *args, **kwargs):
            if records == bad:
                raise ValueError("broken")
            return original(records, *args, **kwargs)

        with (
            patch.object(mixin, "_compensate_accounts", fail),
            freeze_time(local(BACK)),
            self.assertLogs(job._logger, "ERROR"),
        ):
            self._job()
        self.assertOwed(self._of(good), 100)
        self.assertFalse(self._of(bad))
        self.assertEqual(bad.compensation_check_at, local(BACK) + job.RETRY)

    def test_few_queries_for_many(self):
        """Ten times the accounts, hardly more queries."""
        counts = []
        for number, count in ((1, 10), (2, 100)):
            zone = self.env["water.zone"].create({"code": f"T-Q{number}", "name": "片区"})
            accounts = self._accounts(count, number, zone_id=zone.id)
            incident = self._incident(BEGUN, zone_ids=zone.ids)
            self._restored(incident, BACK, job=False)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            trusted(incident.sudo())._compensate_accounts(accounts)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 20, counts)

    def test_without_a_scheme_nothing_happens(self):
        self._choose(False)
        self._account()
        incident = self._incident(BEGUN)
        self.assertFalse(self._restored(incident, BACK))
        self.assertFalse(incident.compensation_check_at)
        with self.assertRaisesRegex(UserError, "scheme"):
            incident.action_compensate()

    def test_out_of_the_area_after_all(self):
        account, other = self._accounts(2)
        incident = self._incident(BEGUN)
        rows = self._restored(incident, BACK)
        self.assertOwed(rows, 200)
        other.zone_id = False
        incident.action_compensate()
        self._job()
        row = rows.filtered(lambda row: row.account_id == other)
        self.assertOwed(row, 0)
        self.assertIn("Not materially affected", row.calculation)
        self.assertOwed(rows - row, 100)
        self.assertEqual((rows - row).account_id, account)

    def test_lasted_longer_than_known(self):
        """Facts change before payment: the same compensation, a second calculation."""
        self._account()
        incident = self._incident(BEGUN)
        row = self._restored(incident, BACK)
        trusted(incident).restored_at = local(BACK) + timedelta(hours=12)
        self._job()
        self.assertEqual(row.version_ids.mapped("number"), [2, 1])
        self.assertEqual(row.version_ids.mapped("amount"), [150, 100])
        self.assertOwed(row, 150)
        self.assertTrue(row.version_ids[0].reason)

    # -- announced work ---------------------------------------------------------------------------

    def test_announced_too_late(self):
        """Six hours of work, announced 47 hours before: £50 a household."""
        self._accounts(2)
        planned = {
            "kind_id": self._kind("planned").id,
            "notice_given_at": local("2026-03-09 09:00"),
            "announced_end_at": local("2026-03-11 14:00"),
        }
        incident = self._incident("2026-03-11 08:00", **planned)
        with freeze_time(local("2026-03-11 08:00")):
            self._job()
        rows = self._of(incident)
        self.assertOwed(rows, 100)
        self.assertDue(rows[0], "2026-04-09")
        incident.notice_given_at = local("2026-03-09 08:00")
        self._job()
        self.assertOwed(rows, 0)

    def test_work_goes_on_longer_than_announced(self):
        """From the announced end on each full 12 h counts."""
        self._account()
        planned = {
            "kind_id": self._kind("planned").id,
            "notice_given_at": local("2026-03-06 08:00"),
            "announced_end_at": local("2026-03-11 14:00"),
        }
        incident = self._incident("2026-03-11 08:00", **planned)
        rows = self._restored(incident, "2026-03-12 03:00")
        self.assertEqual(rows.rule_id.code, "SUPPLY_PLANNED")
        self.assertOwed(rows, 100)
        self.assertEqual(rows.failed_at, local("2026-03-11 14:00"))

    def test_work_that_has_not_begun_owes_nothing_yet(self):
        self._account()
        with freeze_time(local("2026-03-09 08:00")):
            incident = self._incident(
                "2026-03-09 08:00",
                kind_id=self._kind("planned").id,
                aware_at=local("2026-03-10 08:00"),
            )
            self._job()
            self.assertFalse(self._of(incident))
            self.assertEqual(incident.compensation_check_at, local("2026-03-10 08:00"))
        with freeze_time(local("2026-03-10 08:00")):
            self._job()
        self.assertOwed(self._of(incident), 50)

    def test_announced_end_before_the_beginning(self):
        with self.assertRaisesRegex(ValidationError, "announced end"):
            self._incident("2026-03-11 08:00", announced_end_at=local("2026-03-11 07:00"))

    # -- low pressure -----------------------------------------------------------------------------

    def _low(self, begun, back, job=True):
        return self._restored(self._incident(begun, kind_id=self._kind("pressure").id), back, job)

    def test_low_pressure_twice(self):
        """The first time and 50 minutes cost nothing; the second within 28 days costs £50."""
        self._account()
        self.assertFalse(self._low("2026-02-02 08:00", "2026-02-02 10:00"))
        self.assertFalse(self._low("2026-02-10 08:00", "2026-02-10 08:50"))
        rows = self._low("2026-03-02 08:00", "2026-03-02 10:00")
        self.assertOwed(rows, 50)
        self.assertIn("2 occasions", rows.calculation)
        # each occasion counts once
        self.assertFalse(self._low("2026-03-10 08:00", "2026-03-10 10:00"))

    def test_low_pressure_that_must_be_claimed(self):
        """Under the old scheme compensation needs a claim, and the incident is finished all the
        same.
        """
        self._choose("gss_ew_2008")
        self._account()
        for day in ("2026-03-02", "2026-03-09"):
            incident = self._incident(f"{day} 08:00", kind_id=self._kind("pressure").id)
            self.assertFalse(self._restored(incident, f"{day} 10:00"))
            self.assertFalse(incident.compensation_check_at)

    def test_low_pressure_at_most_five_times_a_year(self):
        self._account()
        rows = self.compensations
        for day in range(1, 13):
            rows |= self._low(f"2026-03-{day:02} 08:00", f"2026-03-{day:02} 10:00")
        self.assertEqual(len(rows), 5)
        self.assertOwed(rows, 250)

    # -- water not to be drunk --------------------------------------------------------------------

    def _undrinkable(self, until):
        values = {
            "kind_id": self._kind("quality").id,
            "quality_notice": "drink",
            "quality_from": local("2026-03-01 08:00"),
        }
        incident = self._incident("2026-03-01 08:00", **values)
        incident.quality_until = local(until)
        self._job()
        return incident

    def test_bramley_after_the_manager_has_confirmed_it(self):
        """264 h without drinking water: nothing while the rule is off, then £220 and £440."""
        self._account(annual_water_bill=300)
        self._account(2, customer_class="business", annual_water_bill=400)
        incident = self._undrinkable("2026-03-12 08:00")
        self.assertFalse(self._of(incident))
        for customer_class in ("household", "business"):
            self._confirm(f"gss_en_2025_wq_dnd_{customer_class}")
        incident.action_compensate()
        self._job()
        rows = self._of(incident).sorted("amount")
        self.assertEqual(rows.mapped("amount"), [220, 400])  # £440, capped by a year's bill
        self.assertIn("a year's water bill", rows[1].calculation)

    def test_notice_needs_its_beginning(self):
        with self.assertRaisesRegex(ValidationError, "since when"):
            self._incident(
                "2026-03-01 08:00", kind_id=self._kind("quality").id, quality_notice="boil"
            )

    # -- Taiwan -----------------------------------------------------------------------------------

    def test_credit_on_the_bill(self):
        """No fees known: a draft that names missing facts; then it is worked out."""
        self._choose("tw_bill_credit")
        account = self._account()
        incident = self._incident("2026-03-11 08:00", counted_hours=96)
        row = self._restored(incident, "2026-03-14 16:00")
        self.assertEqual((row.state, row.amount), ("draft", 0))
        self.assertIn("Monthly Basic Fee", row.calculation)
        account.write({"monthly_basic_fee": 34, "monthly_usage_fee": 300})
        row.action_recompute()
        self.assertEqual((row.state, row.amount), ("proposed", 44.53))
        self.assertIn("by decision", row.calculation)
