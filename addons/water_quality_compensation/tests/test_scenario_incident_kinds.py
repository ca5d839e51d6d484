from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.incident.tests.common import IncidentCommon
from odoo.addons.water_service_desk.base.tests.common import local

#: kind → (category of who hangs on it, of who does not, what it says, what it must not say)
STORIES = {
    "outage": ("ot03", "wq01", "The supply is back", ("restriction", "boil")),
    "pressure": ("pr01", "ot03", "The pressure is back to normal", ("supply", "samples")),
    "quality": ("wq01", "ot03", "used as usual again", ("supply", "repair")),
    "other": ("ss01", "ot03", "It is over", ("supply", "pressure", "samples")),
}


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 08:00"))
class TestScenarioIncidentKinds(IncidentCommon):
    """Each kind of incident from the first call to the end of its cases."""

    def _begun(self, kind):
        """An incident of a kind that has just been started; bad water has its notice."""
        values = {"kind_id": self._kind(kind).id, "family_ids": False, "plan_id": False}
        values["subject"] = "东城"
        if kind == "quality":
            values |= {"quality_notice": "boil", "quality_from": local("2026-03-11 07:00")}
        return self._open(**values)

    def _told(self, incident, kind, text):
        """News that are sent; the messages to customers, newest last."""
        before = self._messages()
        if kind == "progress":
            self._as("supervisor", incident)._announce(kind, text)
        else:
            acts.restore(self._as("supervisor", incident), local("2026-03-11 11:00"), text)
        self._broadcast()
        self.env.invalidate_all()
        return self._messages() - before

    def _played(self, kind):
        """08:00 begun, 08:10 a call, 08:40 news, 09:00 a later call, 11:00 the end."""
        code, other, __, __ = STORIES[kind]
        incident = self._begun(kind)
        with self._at("2026-03-11 08:10"):
            first = self._caller(code=code, number=1)
            apart = self._caller(code=other, number=2)
            claim = self._caller(code="dm01", number=3)
        self.assertEqual((first.incident_id, apart.incident_id.id), (incident, False), kind)
        with self._at("2026-03-11 08:40"):
            self._told(incident, "progress", acts.draft(incident))
        with self._at("2026-03-11 09:00"):
            later = self._caller(code=code, number=4)
            served = self._caller(code=code, number=5)
            acts.readback(self._as("agent", served))
            self._dispatch(served, self.net)
        return incident, first, apart, claim, later, served

    def test_from_the_first_call_to_the_end(self):
        for kind, (__, __, ends, never) in STORIES.items():
            with self.subTest(kind=kind):
                incident, first, apart, claim, later, served = self._played(kind)
                self.assertIn("incident_told", self._kinds(first))
                self.assertLocal(later.first_contact_at, "2026-03-11 09:00")
                contacts = (first | later).deadline_ids.filtered(lambda c: c.kind == "contact")
                self.assertLessEqual(set(contacts.mapped("state")), {"met"})
                with self._at("2026-03-11 11:05"):
                    _wizard, lines = self._ending(incident)
                    self.assertNotIn("own", (lines[first].group, lines[later].group))
                    self.assertIn("a department is still at work", lines[served].reason)
                    news = acts.draft(incident, "action_restore")
                    self._told(incident, "restored", news)
                    self._sweep()
                self.assertIn(ends, news)
                for word in never:
                    self.assertNotIn(word, news.lower())
                self._check_after(incident, first | later, served, apart)
                self.assertEqual(claim.state, "registered")
                self._as("supervisor", incident).action_close()
                self.assertWhole(first | apart | claim | later | served)
                self.zone = self.env["water.zone"].create({"code": f"T-{kind}", "name": kind})

    def _check_after(self, incident, ended, served, apart):
        """Cases without open work are archived and told; the others go on."""
        self.assertEqual(set(ended.mapped("state")), {"archived"})
        self.assertTrue(all("incident_over" in self._kinds(case) for case in ended))
        self.assertFalse(self._running(ended) or self._at_work(ended))
        self.assertEqual((served.state, apart.state), ("dispatched", "registered"))
        self.assertEqual(self._lead(served).state, "sent")
        notice = incident.notice_ids[:1]
        self.assertEqual((notice.kind, notice.state), ("restored", "done"))
        self.assertLessEqual(ended, notice.contact_ids.complaint_id)
        counted = sum(incident.minutes_ids.mapped("minutes"))
        self.assertEqual(counted, 180 if incident.kind_id.counts_minutes else 0)
        self.assertEqual(bool(incident.quality_until), incident.nature == "quality")

    def test_planned(self):
        """Announced two days before, 8:00 to 18:00, an hour longer than announced."""
        with self._at("2026-03-09 08:00"):
            incident = self._open(
                kind_id=self._kind("planned").id,
                subject="南湖路计划停水",
                family_ids=False,
                plan_id=False,
                households=120,
                aware_at=local("2026-03-11 08:00"),
                announced_end_at=local("2026-03-11 18:00"),
            )
            acts.announce(self._as("supervisor", incident), acts.draft(incident))
            self._broadcast()
        self.assertTrue(incident.is_told_in_time)
        with self._at("2026-03-10 10:00"):
            early, asks = self._caller(code="ot03"), self._caller(code="ot06", number=2)
        self.assertEqual((bool(early.incident_id), asks.incident_id), (False, incident))
        with self._at("2026-03-11 12:00"):
            during = self._caller(code="ot02", number=3)
        self.assertEqual(during.incident_id, incident)
        self.assertFalse(self._clock(during, "on_site"))
        with self._at("2026-03-11 18:30"):
            self.assertIn("OT05", incident._spoken_alert())
            late = self._caller(code="ot05", number=4)
            self._broadcast()
        self.assertTrue(incident.late_told_at)
        with self._at("2026-03-11 19:00"):
            acts.restore(
                self._as("supervisor", incident),
                local("2026-03-11 19:00"),
                acts.draft(incident, "action_restore"),
            )
            self._broadcast()
            self._sweep()
        self.env.invalidate_all()
        self.assertEqual({asks.state, during.state, late.state}, {"archived"})
        self.assertEqual(early.state, "registered")  # the water was off the day before
        self.assertEqual(incident.minutes_ids.mapped("is_planned"), [True])
        self.assertEqual(sum(incident.minutes_ids.mapped("household_minutes")), 11 * 60 * 120)
        self.assertWhole(early | asks | during | late)
