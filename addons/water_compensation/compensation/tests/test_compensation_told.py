from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...compensation_scheme.tests.common import SchemeCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-20 10:00"))
class TestCompensationTold(SchemeCommon):
    """Planned work is owed for by what customers were told of it before it began."""

    def _announced_then_moved(self, begin, end):
        """Work announced in time for 11 March, 08:00 to 18:00, then moved without being told."""
        incident = self._incident(
            "2026-03-05 08:00",
            kind_id=self._kind("planned").id,
            aware_at=local("2026-03-11 08:00"),
            notice_given_at=local("2026-03-06 08:00"),
            announced_end_at=local("2026-03-11 18:00"),
        )
        with freeze_time(local("2026-03-10 08:00")):
            incident.write({"aware_at": local(begin), "announced_end_at": local(end)})
        return incident

    def test_moved_work_that_was_not_announced_again_owes_the_notice_alone(self):
        """An end announced for another day costs nothing: £50, not £250."""
        self._account()
        incident = self._announced_then_moved("2026-03-13 08:00", "2026-03-13 18:00")
        rows = self._restored(incident, "2026-03-13 18:00")
        self.assertOwed(rows, 50)
        self.assertEqual(rows.filtered("amount").rule_id.code, "PLAN_NOTICE")

    def test_moved_work_counts_as_late_from_its_own_planned_end(self):
        """Not announced again, and thirteen hours late: £50 for the notice, £100 for the delay."""
        self._account()
        incident = self._announced_then_moved("2026-03-13 08:00", "2026-03-13 18:00")
        rows = self._restored(incident, "2026-03-14 07:00")
        self.assertOwed(rows, 150)
        late = rows.filtered(lambda row: row.rule_id.code == "SUPPLY_PLANNED")
        self.assertEqual((late.amount, late.failed_at), (100, local("2026-03-13 18:00")))

    def test_work_moved_within_its_announcement_is_late_from_the_told_end(self):
        """Customers were told 18:00 for this day, and of its beginning in time."""
        self._account()
        incident = self._announced_then_moved("2026-03-11 12:00", "2026-03-11 22:00")
        rows = self._restored(incident, "2026-03-11 22:00")
        self.assertOwed(rows, 50)
        late = rows.filtered("amount")
        self.assertEqual(late.rule_id.code, "SUPPLY_PLANNED")
        self.assertEqual(late.failed_at, local("2026-03-11 18:00"))

    # -- by household -------------------------------------------------------------------------

    def _households(self, count):
        """Accounts of as many different customers."""
        people = self.env["res.partner"].create(
            [{"name": f"户主{n}", "email": f"told{n}@example.com"} for n in range(count)]
        )
        return self.env["water.account"].concat(
            *(self._account(n, partner_id=person.id) for n, person in enumerate(people))
        )

    def _planned(self, begin="2026-03-11 08:00", end="2026-03-11 18:00", **values):
        return self._incident(
            "2026-03-05 08:00",
            kind_id=self._kind("planned").id,
            aware_at=local(begin),
            announced_end_at=local(end),
            **values,
        )

    def _tell(self, incident, at, to, sent_at=None):
        """Send news at ``at``; those to the customers of ``to`` leave the house, others fail."""
        before = self.env["water.message"].search([])
        with freeze_time(local(at)):
            incident._announce("progress", f"计划停水 {at}")
            with self.enter_registry_test_mode():
                self.env.ref("water_complaints.ir_cron_incidents").sudo().method_direct_trigger()
        fresh = trusted(self.env["water.message"].search([]) - before)
        with freeze_time(local(sent_at or at)):
            for message in fresh:
                if message.partner_id in to.partner_id:
                    message._succeed()
                else:
                    message._fail("bounce", hopeless=True)
        self.env.invalidate_all()

    def _owed(self, incident, accounts, back):
        rows = self._restored(incident, back)
        mine = rows.grouped("account_id")
        return [sum(mine.get(account, rows.browse()).mapped("amount")) for account in accounts]

    def test_household_that_no_news_reached_is_owed_the_notice(self):
        accounts = self._households(2)
        incident = self._planned()
        self._tell(incident, "2026-03-06 08:00", accounts[0])
        self.assertTrue(incident.is_told_in_time)
        self.assertEqual(self._owed(incident, accounts, "2026-03-11 18:00"), [0, 50])

    def test_household_that_heard_of_the_old_dates_alone_is_owed_the_notice(self):
        """The news of the new day reached one of two; each counts from its own end."""
        accounts = self._households(2)
        incident = self._planned()
        self._tell(incident, "2026-03-06 08:00", accounts)
        with freeze_time(local("2026-03-09 08:00")):
            incident.write(
                {
                    "aware_at": local("2026-03-13 08:00"),
                    "announced_end_at": local("2026-03-13 18:00"),
                }
            )
        self._tell(incident, "2026-03-09 09:00", accounts[0])
        self.assertEqual(self._owed(incident, accounts, "2026-03-13 18:00"), [0, 50])

    def test_household_told_an_earlier_end_waits_from_that(self):
        """Longer by news that reached one of two: the other was told 18:00, four hours before."""
        accounts = self._households(2)
        incident = self._planned()
        self._tell(incident, "2026-03-06 08:00", accounts)
        with freeze_time(local("2026-03-07 08:00")):
            incident.announced_end_at = local("2026-03-11 22:00")
        self._tell(incident, "2026-03-07 09:00", accounts[0])
        self.assertEqual(self._owed(incident, accounts, "2026-03-11 22:00"), [0, 50])
        late = self._of(incident).filtered("amount")
        self.assertEqual(late.failed_at, local("2026-03-11 18:00"))

    def test_news_that_left_too_late_are_late_for_their_household(self):
        """Sent 47 hours before; news after the beginning are no announcement."""
        accounts = self._households(2)
        incident = self._planned()
        self._tell(incident, "2026-03-06 08:00", accounts[0])
        self._tell(incident, "2026-03-09 07:00", accounts[1], "2026-03-09 09:00")
        self._tell(incident, "2026-03-11 09:00", accounts)
        self.assertEqual(self._owed(incident, accounts, "2026-03-11 18:00"), [0, 50])

    def test_moved_there_and_back_counts_from_the_last_news(self):
        """Told the 11th, the 13th, and the 11th again one day before."""
        accounts = self._households(1)
        incident = self._planned()
        self._tell(incident, "2026-03-06 08:00", accounts)
        for day, at in (("13", "2026-03-08 08:00"), ("11", "2026-03-10 08:00")):
            with freeze_time(local(at)):
                incident.announced_end_at = local("2026-03-13 18:00")
                incident.aware_at = local(f"2026-03-{day} 08:00")
                incident.announced_end_at = local(f"2026-03-{day} 18:00")
                incident._waive_lead("阀门失效") if incident.lead_alert else None
            self._tell(incident, at, accounts)
        self.assertEqual(self._owed(incident, accounts, "2026-03-11 18:00"), [50])

    def test_announced_on_paper_reaches_every_household(self):
        """Letters to all; the news beside them reach one, and leave the other as it was."""
        accounts = self._households(2)
        incident = self._planned(notice_given_at=local("2026-03-06 08:00"))
        self._tell(incident, "2026-03-07 08:00", accounts[0])
        self.assertEqual(self._owed(incident, accounts, "2026-03-11 18:00"), [0, 0])

    def test_announced_on_paper_after_news_reaches_the_rest(self):
        """The desk has entered a letter to the household that the news missed."""
        accounts = self._households(2)
        incident = self._planned()
        self._tell(incident, "2026-03-06 08:00", accounts[0])
        with freeze_time(local("2026-03-07 08:00")):
            incident.notice_given_at = fields.Datetime.now()
        self.assertEqual(self._owed(incident, accounts, "2026-03-11 18:00"), [0, 0])

    def test_new_customer_of_a_household_was_not_told(self):
        accounts = self._households(1)
        incident = self._planned()
        self._tell(incident, "2026-03-06 08:00", accounts)
        with freeze_time(local("2026-03-09 08:00")):
            accounts.partner_id = self.env["res.partner"].create({"name": "新户主"})
        self.assertEqual(self._owed(incident, accounts, "2026-03-11 18:00"), [50])
