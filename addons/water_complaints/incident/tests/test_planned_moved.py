from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests import acts
from .common import IncidentCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
@freeze_time(local("2026-11-03 09:00"))
class TestPlannedMoved(IncidentCommon):
    """Planned work that is moved after it was announced has its new dates everywhere."""

    def _announced(self, begin="2026-11-06 08:00", end="2026-11-06 18:00"):
        """Planned work whose dates all customers were told."""
        incident = self._open(
            kind_id=self._kind("planned").id,
            family_ids=False,
            plan_id=False,
            subject="南湖路计划停水",
            aware_at=local(begin),
            announced_end_at=local(end),
        )
        self._send(incident)
        return incident

    def _dialog(self, incident):
        return self._as("supervisor", self.env["water.incident.wizard"]).create(
            {"incident_id": incident.id, "kind": "progress"}
        )

    def _send(self, incident, **values):
        dialog = self._dialog(incident)
        dialog.write(values)
        dialog.action_send()
        self._broadcast()
        self.env.invalidate_all()

    def _move(self, incident, begin, end):
        values = {"aware_at": local(begin), "announced_end_at": local(end)}
        self._as("supervisor", incident).write(values)

    def _places(self, incident):
        """{place: end} wherever a reader sees the end of the work."""
        api = self.env["water.api"].with_company(self.company)
        return {
            "dialog": self._dialog(incident).expected_at,
            "api": api._outage(incident)["expected_end"],
            "page": incident._page_card()["until"],
            "page line": incident._page_expected(),
            "caller": incident._spoken_alert(),
            "draft": acts.draft(incident),
        }

    def assertReads(self, incident, day, hour):
        """All places name the end ``hour`` (Shanghai) of ``day``, and none another one."""
        end = local(f"{day} {hour}")
        places = self._places(incident)
        self.assertEqual(places.pop("dialog"), end)
        self.assertEqual(places.pop("api"), end.strftime("%Y-%m-%dT%H:%M:%SZ"))
        spoken = incident._local(end)
        for place in ("caller", "draft"):
            self.assertIn(spoken, places.pop(place), place)
        for place, words in places.items():
            self.assertIn(hour, words, place)

    # -- before it begins -------------------------------------------------------------------

    def test_moved_within_the_told_day_reads_the_new_end(self):
        """08:00–18:00 becomes 12:00–22:00: no message names 12:00–18:00."""
        incident = self._announced()
        self.assertReads(incident, "2026-11-06", "18:00")
        self._move(incident, "2026-11-06 12:00", "2026-11-06 22:00")
        self.assertReads(incident, "2026-11-06", "22:00")
        self._send(incident)
        self.assertReads(incident, "2026-11-06", "22:00")
        self.assertLocal(incident.told_begin_at, "2026-11-06 12:00")
        self.assertLocal(incident.told_end_at, "2026-11-06 22:00")

    def test_moved_to_another_day_is_announced_with_its_own_end(self):
        """The draft can be sent as it stands, and callers hear the new day before it is."""
        incident = self._announced()
        self._move(incident, "2026-11-08 08:00", "2026-11-08 20:00")
        self.assertReads(incident, "2026-11-08", "20:00")
        self.assertFalse(incident._notified_at())
        self._send(incident)
        self.assertReads(incident, "2026-11-08", "20:00")
        self.assertEqual(incident.notice_given_at, local("2026-11-03 09:00"))

    def test_moved_work_is_not_late_before_it_begins(self):
        """After the old end and before the new beginning a caller hears of the plan."""
        incident = self._announced()
        account = self._account(1)
        self._move(incident, "2026-11-08 08:00", "2026-11-08 20:00")
        with self._at("2026-11-07 10:00"):
            self.env.invalidate_all()
            self.assertFalse(incident._is_past_announced_end())
            self.assertFalse(incident._late_category_for(self._category("ot03")))
            call = self._as("agent", self.env["water.call"]).create({"query": account.code})
            self.assertEqual(call.incident_id, incident)
            self.assertNotIn("is not over", call.alerts)
            self.assertReads(incident, "2026-11-08", "20:00")

    def test_longer_work_is_announced_anew_with_its_lead(self):
        """A later end is new as well, and counts from its own news."""
        incident = self._announced()
        self._move(incident, "2026-11-06 08:00", "2026-11-06 20:00")
        self.assertReads(incident, "2026-11-06", "20:00")
        with self._at("2026-11-05 20:00"):
            self.env.invalidate_all()
            self.assertIn("12.0 hours are missing", incident.lead_alert)
            with self.assertRaisesRegex(UserError, "12.0 hours are missing"):
                self._send(incident)
        with self._at("2026-11-04 09:00"):
            self._send(incident)
        self.assertLocal(incident.notice_given_at, "2026-11-04 09:00")
        self.assertTrue(incident.is_told_in_time)

    def test_shorter_work_keeps_its_announcement(self):
        """An end within the announced span needs no lead time; the new end is told."""
        incident = self._announced()
        self._move(incident, "2026-11-06 09:00", "2026-11-06 16:00")
        with self._at("2026-11-05 20:00"):
            self.env.invalidate_all()
            self.assertFalse(incident.lead_alert)
            self._send(incident)
        self.assertLocal(incident.notice_given_at, "2026-11-03 09:00")
        self.assertLocal(incident.told_end_at, "2026-11-06 16:00")

    def test_end_chosen_in_the_dialog_is_the_announced_one(self):
        """Its lead is asked of that end, too; the end before the beginning is refused."""
        incident = self._announced()
        self._send(incident, expected_at=local("2026-11-06 19:00"))
        self.assertReads(incident, "2026-11-06", "19:00")
        self.assertLocal(incident.told_end_at, "2026-11-06 19:00")
        self.assertFalse(incident.expected_at)
        with self.assertRaisesRegex(ValidationError, "before its beginning"):
            self._send(incident, expected_at=local("2026-11-05 19:00"))
        with self._at("2026-11-05 07:00"):
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "23.0 hours are missing"):
                self._send(incident, expected_at=local("2026-11-06 22:00"))

    # -- earlier news are void -----------------------------------------

    def test_news_of_the_old_dates_are_not_sent_to_later_callers(self):
        incident = self._announced()
        self.assertTrue(incident._valid_news())
        self.assertFalse(incident.activity_ids)
        self._move(incident, "2026-11-08 08:00", "2026-11-08 20:00")
        self.assertFalse(incident._valid_news())
        self.assertIn(incident._local(local("2026-11-08 20:00")), incident.current_text)
        self._broadcast()
        asked = incident.activity_ids.filtered(lambda row: "ell all customers" in row.summary)
        self.assertEqual(asked.user_id, self.users["supervisor"])
        self._send(incident)
        self.assertTrue(incident._valid_news())
        self.assertFalse(incident.activity_ids)

    def test_work_announced_on_paper_is_announced_again_when_it_is_moved(self):
        """The commander is asked, though no news have been sent yet."""
        incident = self._open(
            kind_id=self._kind("planned").id,
            family_ids=False,
            plan_id=False,
            aware_at=local("2026-11-06 08:00"),
            announced_end_at=local("2026-11-06 18:00"),
            notice_given_at=local("2026-11-02 09:00"),
        )
        self._broadcast()
        self.assertFalse(incident.activity_ids)
        self._move(incident, "2026-11-08 08:00", "2026-11-08 20:00")
        self._broadcast()
        self.assertEqual(len(incident.activity_ids), 1)

    def test_news_of_the_old_dates_leave_the_page_and_the_interface(self):
        """They said from when until when: moved, that is wrong."""
        incident = self._announced()
        api = self.env["water.api"].with_company(self.company)
        self.assertEqual(len(incident._page_news()), 1)
        self._move(incident, "2026-11-08 08:00", "2026-11-08 20:00")
        self.assertEqual((incident._page_news(), api._outage(incident)["news"]), ([], []))
        self._send(incident)
        [(__, text)] = incident._page_news()
        self.assertIn(incident._local(local("2026-11-08 20:00")), text)
        self.assertEqual([row["text"] for row in api._outage(incident)["news"]], [text])
        with self._at("2026-11-08 09:00"):
            self._as("supervisor", incident).aware_at = local("2026-11-08 08:40")
            self.assertEqual(len(incident._page_news()), 1)  # the valve was closed later

    def test_untold_work_that_is_moved_asks_for_news_after_its_new_beginning(self):
        """The next news are due once it has begun, whenever that is."""
        incident = self._open(
            kind_id=self._kind("planned").id,
            family_ids=False,
            plan_id=False,
            aware_at=local("2026-11-06 08:00"),
            announced_end_at=local("2026-11-06 18:00"),
        )
        self._move(incident, "2026-11-08 08:00", "2026-11-08 20:00")
        self.assertLocal(incident.next_progress_at, "2026-11-08 10:00")

    def test_steps_before_the_work_move_along_with_it(self):
        """Those that are still open; limits due by the start of the plan stay."""
        incident = self._open(
            kind_id=self._kind("planned").id,
            plan_id=self._kind("planned").plan_id.id,
            aware_at=local("2026-11-06 08:00"),
            announced_end_at=local("2026-11-06 18:00"),
        )

        def steps():
            todos = incident.activity_ids.filtered(lambda row: "逐户通知医院" in row.summary)
            return [(str(row.date_deadline), row.summary[-30:]) for row in todos]

        [(day, words)] = steps()
        self.assertEqual(day, "2026-11-05")
        others = len(incident.activity_ids)
        self._move(incident, "2026-11-08 10:00", "2026-11-08 20:00")
        self.env.invalidate_all()
        [(day, moved)] = steps()
        self.assertEqual(day, "2026-11-07")
        self.assertNotEqual(words, moved)
        self.assertIn("10:00", moved)
        self.assertEqual(len(incident.activity_ids), others)

    # -- once it has begun ------------------------------------------------------------------

    def test_announced_end_holds_once_work_has_begun(self):
        """A later end that is only typed does not change until when customers wait."""
        incident = self._announced()
        with self._at("2026-11-06 12:00"):
            self._as("supervisor", incident).announced_end_at = local("2026-11-06 22:00")
            self.assertReads(incident, "2026-11-06", "18:00")
        with self._at("2026-11-06 18:01"):
            self.env.invalidate_all()
            self.assertTrue(incident._is_past_announced_end())
            self.assertIn(incident._local(local("2026-11-06 18:00")), incident._late_alert())

    def test_moved_and_not_announced_is_late_after_its_own_end(self):
        """An end told for another day does not hold for today."""
        incident = self._announced()
        self._move(incident, "2026-11-08 08:00", "2026-11-08 20:00")
        with self._at("2026-11-08 12:00"):
            self.env.invalidate_all()
            self.assertFalse(incident._is_past_announced_end())
            self.assertReads(incident, "2026-11-08", "20:00")
            self.assertFalse(incident._valid_news())
            acts.announce(self._as("supervisor", incident), "现在停水。")
            self.env.invalidate_all()
            self.assertTrue(incident._valid_news())
        with self._at("2026-11-08 20:01"):
            self.env.invalidate_all()
            self.assertTrue(incident._is_past_announced_end())
            self.assertIn(incident._local(local("2026-11-08 20:00")), incident._late_alert())
