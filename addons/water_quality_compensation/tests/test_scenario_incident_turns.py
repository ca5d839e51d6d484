from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.incident.tests.common import IncidentCommon
from odoo.addons.water_service_desk.base.tests.common import local, speak_chinese


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-09 08:00"))
class TestScenarioIncidentTurns(IncidentCommon):
    """Incidents that turn out otherwise: moved, larger, graver, about something else."""

    def _planned(self, begin="2026-03-11 08:00", end="2026-03-11 18:00", **values):
        return self._open(
            kind_id=self._kind("planned").id,
            subject="南湖路计划停水",
            family_ids=False,
            plan_id=False,
            households=100,
            aware_at=local(begin),
            announced_end_at=local(end),
            **values,
        )

    def _burst(self, **values):
        return self._open(plan_id=False, family_ids=False, **values)

    def _say(self, incident, text="周知"):
        acts.announce(self._as("supervisor", incident), text)
        self._broadcast()
        self.env.invalidate_all()

    def _asked(self, incident):
        """Number of requests for news to the commander."""
        self._broadcast()
        return len(incident.activity_ids.filtered(lambda row: "ell all customers" in row.summary))

    # -- planned work ---------------------------------------------------------------------------

    def test_moved_to_another_day_after_it_was_announced(self):
        incident = self._planned()
        self._say(incident)
        self.assertTrue(incident.is_told_in_time)
        work = self._as("supervisor", incident)
        with self._at("2026-03-10 20:00"):
            work.write(
                {
                    "aware_at": local("2026-03-13 08:00"),
                    "announced_end_at": local("2026-03-13 18:00"),
                }
            )
            self.assertFalse(incident.is_told_in_time)
            self.assertFalse(incident.lead_alert)  # sixty hours are left to tell it
            self._say(incident)
            self.assertLocal(incident.notice_given_at, "2026-03-10 20:00")
            self.assertTrue(incident.is_told_in_time)
        with self._at("2026-03-12 20:00"):
            work.write({"aware_at": local("2026-03-13 06:00")})
            self.assertIn("14.0 hours are missing", incident.lead_alert)
            with self.assertRefused("14.0 hours are missing", incident):
                self._say(incident)
            acts.waive_lead(work, "阀门失效")
            work.write({"aware_at": local("2026-03-13 05:00")})  # different from the permission
            self.assertIn("39.0 hours are missing", incident.lead_alert)  # thirteen hours now

    def test_a_long_one_that_becomes_shorter(self):
        """Thirteen hours ask for 48 hours, twelve for 24; told 30 hours before."""
        incident = self._planned(end="2026-03-11 21:00")
        work = self._as("supervisor", incident)
        with self._at("2026-03-10 02:00"):
            self.assertIn("18.0 hours are missing", incident.lead_alert)
            work.announced_end_at = local("2026-03-11 20:00")
            self.assertFalse(incident.lead_alert)
            self._say(incident)
            self.assertTrue(incident.is_told_in_time)
        with self._at("2026-03-11 09:00"):
            work.aware_at = local("2026-03-11 08:40")  # the valve was closed later than announced
            self.assertTrue(incident.is_told_in_time)
            work.announced_end_at = local("2026-03-11 21:00")
            self.assertFalse(incident.is_told_in_time)

    def test_told_figure_does_not_change_by_typing(self):
        """Late means later than customers were told, regardless of later entries."""
        incident = self._planned()
        self._say(incident)
        with self._at("2026-03-11 12:00"):
            case = self._caller(code="ot03", channel_id=self._channel("web").id)
            self._as("supervisor", incident).announced_end_at = local("2026-03-11 22:00")
        with self._at("2026-03-11 18:00"):
            self.assertFalse(incident._is_past_announced_end())
        with self._at("2026-03-11 18:01"):
            self.env.invalidate_all()
            self.assertTrue(incident._is_past_announced_end())
            self.assertIn("18:00", incident._spoken_alert().replace("6:00 PM", "18:00"))
            self.assertEqual(case.late_category_id, self._category("ot05"))

    def test_called_off_after_it_was_announced(self):
        """All who were told hear that it does not take place; who only asked is answered."""
        self._account(1)
        incident = self._planned()
        self._say(incident)
        asks = self._inquiry(category_id=self._category("ot06").id, zone_id=self.zone.id)
        before = self._messages()
        with self._at("2026-03-10 09:00"):
            with self.assertRefused("Give the reason", incident):
                acts.dismiss(self._as("supervisor", incident), " ")
            acts.dismiss(self._as("supervisor", incident), "寒潮延期")
            self._broadcast()
            self.env.invalidate_all()
        mails = (self._messages() - before).mail_mail_id
        self.assertEqual(len(mails), 2)
        for mail in mails:
            self.assertIn("寒潮延期", mail.body_html)
            self.assertIn("南湖路计划停水", mail.subject)
        self.assertEqual((incident.state, asks.state), ("dismissed", "closed"))
        self.assertIn("寒潮延期", asks.answer)
        self.assertFalse(incident.activity_ids or incident.minutes_ids)
        with self._at("2026-03-11 12:00"):
            self.assertFalse(self._caller(code="ot03").incident_id)
        self.assertWhole(asks)

    def test_started_work_is_not_called_off(self):
        incident = self._planned()
        self._say(incident)
        with self._at("2026-03-11 08:00"), self.assertRefused("taken already", incident):
            acts.dismiss(self._as("supervisor", incident), "不做了")

    def test_a_burst_main_in_the_area_of_planned_work(self):
        """Taken for the planned work, but it is not: a crew comes, and it becomes an incident."""
        self._planned()
        with self._at("2026-03-11 12:00"):
            case = self._caller(code="ot03")
            self.assertFalse(self._clock(case, "on_site"))
        with self._at("2026-03-11 12:10"):
            self._as("agent", case).category_id = self._category("lk01")
            self.env.invalidate_all()
            clock = self._clock(case, "on_site")
            self.assertEqual(clock.state, "running")
            self.assertLocal(clock.due_at, "2026-03-11 12:40")
            proposed = self._incidents_here().filtered(lambda row: row.state == "proposed")
            self.assertEqual(proposed.kind_id, self._kind("outage"))
            self.assertIn("it is about another matter", self._why_open(case))
        self.assertWhole(case)

    # -- who hangs on it ------------------------------------------------------------------------

    def test_category_and_place_are_put_right_later(self):
        """The case hangs on what goes on there, and its customer hears of it."""
        incident = self._burst()
        self._say(incident, "正在抢修。")
        before = self._messages()
        with self._at("2026-03-09 09:00"):
            cases = [
                self._caller(code="st06", number=1),
                self._caller(code="ot03", number=2, zone_id=False),
                self._caller(code="st01", number=3),
                self._caller(code="st06", number=4, occurred_at=local("2026-03-07 08:00")),
            ]
            self.assertFalse(any(case.incident_id for case in cases))
            called, placed, other, earlier = cases
            ot03 = self._category("ot03")
            self._as("agent", called).category_id = ot03
            self._as("agent", placed).zone_id = self.zone
            self._as("agent", other).category_id = self._category("ot04")
            self._as("agent", earlier).category_id = ot03
        self.assertEqual([case.incident_id for case in cases[:2]], [incident, incident])
        self.assertFalse(other.incident_id or earlier.incident_id)
        told = (self._messages() - before).incident_contact_id.complaint_id
        self.assertEqual(told, called | placed)
        self.assertWhole(called | placed)

    def test_removed_person_does_not_return(self):
        incident = self._burst()
        case = self._caller()
        self._as("agent", case).action_leave_incident()
        self._as("agent", case).category_id = self._category("ot02")
        west = self.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})
        self._as("supervisor", incident).zone_ids |= west
        self.assertFalse(case.incident_id)

    def test_the_area_becomes_larger(self):
        """Callers of the new zone are linked; its customers are told and counted."""
        west = self.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})
        self._account(1)
        for number in (2, 3):
            self._account(number, zone_id=west.id)
        incident = self._burst()
        self._say(incident, "正在抢修。")
        self.assertEqual((incident.households, self._asked(incident)), (1, 0))
        with self._at("2026-03-09 08:20"):
            case = self._caller(zone_id=west.id)
            self.assertFalse(case.incident_id)
            self._as("supervisor", incident).zone_ids |= west
            self.assertEqual((case.incident_id, incident.households), (incident, 3))
            self.assertEqual(self._asked(incident), 1)
        incident.households = 800  # a better number exists
        self._as("supervisor", incident).account_ids = self._account(4, zone_id=False)
        self.assertEqual(incident.households, 800)

    # -- bad water ------------------------------------------------------------------------------

    def test_boil_then_do_not_drink_then_lifted(self):
        """Callers hear the present advice in their language, not an earlier one."""
        speak_chinese(self.env, "water_complaints")
        incident = self._open(
            kind_id=self._kind("quality").id,
            family_ids=False,
            plan_id=False,
            subject="东城水质",
            quality_notice="boil",
            quality_from=local("2026-03-09 07:00"),
        )
        work = self._as("supervisor", incident)
        self._say(incident, acts.draft(work))
        advice = {
            "boil": ("Boil", "煮沸"),
            "drink": ("Do not drink", "请勿饮用"),
            "lifted": ("used as usual", "正常用水"),
        }
        steps = {"10:00": "boil", "12:00": "drink", "15:00": "lifted"}
        for number, (hour, now) in enumerate(steps.items()):
            with self._at(f"2026-03-09 {hour}"), self.subTest(now):
                if now == "drink":
                    work.quality_notice = "drink"
                    self.assertEqual(self._asked(incident), 1)
                if now == "lifted":
                    work.quality_until = local("2026-03-09 14:30")
                self._check_advice(incident, number, now, advice)
        with self._at("2026-03-09 16:00"):
            acts.restore(work, local("2026-03-09 16:00"), acts.draft(work, "action_restore"))
            self.assertLocal(incident.quality_until, "2026-03-09 14:30")
            after = self._caller(code="wq01", number=9)
            self.assertFalse(after.incident_id)

    def _check_advice(self, incident, number, now, advice):
        before = self._messages()
        web = self._channel("web").id
        case = self._caller(code="wq01", number=number, channel_id=web)
        self.assertEqual(case.incident_id, incident)
        for lang, place in (("en_US", 0), ("zh_CN", 1)):
            words = incident.with_context(lang=lang)
            for text in (words._spoken_alert(), acts.draft(words)):
                self.assertIn(advice[now][place], text)
                for other in advice.keys() - {now, "lifted"}:
                    self.assertNotIn(advice[other][place], text)
        mails = (self._messages() - before).mail_mail_id
        sent = " ".join(str(mail.body_html) for mail in mails)
        self.assertEqual("Boil" in sent or "煮沸" in sent, now == "boil")

    # -- figures --------------------------------------------------------------------------------

    def test_minutes_over_new_year(self):
        """22:30 to 01:15 in Shanghai: 90 minutes of December, 75 of January."""
        with self._at("2026-12-31 22:30"):
            incident = self._burst(households=40)
        with self._at("2027-01-01 01:15"):
            acts.restore(self._as("supervisor", incident), local("2027-01-01 01:15"), "已恢复。")
        rows = [(str(r.month), r.minutes, r.household_minutes) for r in incident.minutes_ids]
        self.assertEqual(sorted(rows), [("2026-12-01", 90, 3600), ("2027-01-01", 75, 3000)])
