from datetime import date

from odoo.tests import tagged

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from .common import APRIL, MARCH, MAY, MonthsCommon
from .plain_count import PlainCount


@tagged("post_install", "-at_install")
class TestKpiLawful(MonthsCommon):
    """Cases go their lawful ways over the end of a month; each month is counted by hand."""

    second_company = True

    def test_received_in_the_last_minute_and_closed_in_the_next_month(self):
        before = self._figure("K23", MARCH, APRIL)[0]
        with self._at("2026-03-31 23:59"):
            case = self._complaint()
        with self._at("2026-04-01 10:00"):
            self._go(case, "archived")
        self.assertEqual(self._figure("K23", MARCH, APRIL)[0], before + 1)
        self.assertEqual(self._figure("K20", MARCH, APRIL)[1], 0)
        self.assertEqual(self._figure("K20", APRIL, MAY), (0, 1))
        self.assertEqual(self._figure("K18", APRIL, MAY), (1, 1))
        self._all_alike()

    def test_extended_and_paused_over_the_end_of_the_month(self):
        """Both are on time: the limit that counts is the moved one, in the month it falls in."""
        with self._at("2026-03-26 09:00"):
            longer, paused = self._complaint(), self._complaint(address="西城路1号")
            for case in (longer, paused):
                self._go(case, "investigating")
            clock = self._clock(longer, "close")
            self.assertLess(clock.due_at, local("2026-04-03 00:00"))
            asked = acts.extend(self._as("agent", clock), "需开挖路面", 5)
            self._as("supervisor", asked).action_approve()
        with self._at("2026-03-30 10:00"):
            clock = self._clock(paused, "close")
            row = acts.pause(self._as("agent", clock), "等客户", local("2026-04-08 10:00"))
            if row.state == "requested":
                self._as("supervisor", row).action_approve()
        with self._at("2026-04-08 11:00"):
            self._sweep()
            for case in (longer, paused):
                self._go(case, "archived", "investigating")
        clocks = (longer | paused).deadline_ids.filtered(lambda one: one.kind == "close")
        self.assertEqual(clocks.mapped("state"), ["met", "met"])
        self.assertEqual(self._figure("K11", MARCH, APRIL), (0, 0))
        self.assertEqual(self._figure("K11", APRIL, MAY), (2, 2))
        self.assertEqual(self._figure("K13", APRIL, MAY), (1, 2))
        self._all_alike()

    def test_dispatched_again_after_a_return(self):
        """The first dispatch counts, however long the second took."""
        with self._at("2026-03-12 10:00"):
            late, prompt = self._complaint(), self._complaint(address="西城路1号")
            for case in (late, prompt):
                acts.readback(self._as("agent", case))
            self._dispatch(prompt)
        with self._at("2026-03-12 10:31"):
            self._dispatch(late)
            for case in (late, prompt):
                acts.reject(self._as("department", self._lead(case)), "不属于我们")
                case.invalidate_recordset()
            acts.dispatch(self._as("supervisor", late), self.lab)
        with self._at("2026-03-12 12:00"):
            acts.dispatch(self._as("supervisor", prompt), self.lab)
        clocks = (late | prompt).deadline_ids.filtered(lambda row: row.kind == "dispatch")
        self.assertEqual(sorted(clocks.mapped("state")), ["breached"] * 2 + ["met"] * 2)
        self.assertEqual(self._figure("K04", MARCH, APRIL), (1, 2))
        self.assertEqual(self._figure("K06", MARCH, APRIL), (2, 4))

    def test_excluded_from_rates(self):
        """Withdrawn, merged and unaccepted ones, with their dispatches."""
        with self._at("2026-03-12 10:00"):
            for since, state in (
                ("dispatched", "withdrawn"),
                ("registered", "rejected"),
                ("dispatched", "merged"),
            ):
                self._ended(self._complaint_at(since), state)
        self.assertEqual(self._figure("K06", MARCH, APRIL), (0, 0))
        self.assertEqual(self._figure("K20", MARCH, APRIL), (0, 0))
        self.assertEqual(self._figure("K11", MARCH, APRIL), (0, 0))
        # the one that another was merged into was received as well
        self.assertEqual(self._figure("K21", MARCH, APRIL), (1, 2))
        self._all_alike()

    def test_merged_inquiries_and_applications(self):
        """A case counts as finished once, of any type; its other contact ended with it."""
        with self._at("2026-03-12 10:00"):
            lead, twin = self._inquiry(), self._inquiry()
            values = self._request_values(category_id=self._category("lk03").id)
            repair, second = self._as("agent", self.env["water.request"]).create([values] * 2)
        with self._at("2026-03-12 11:00"):
            for case, into in ((twin, lead), (second, repair)):
                values = {"duplicate_of_id": into.id, "end_reason": "同一件事"}
                self._as("supervisor", case).write({"state": "merged", **values})
            self._as("agent", lead).write({"answer": "第二阶梯从 181 立方米起。"})
            self._as("agent", lead).action_answer()
            self._as("agent", lead).action_close()
        self.assertEqual((twin.state, second.state), ("merged", "merged"))
        self.assertTrue(twin.closed_at and second.closed_at)
        self.assertEqual(self._figure("K13", MARCH, APRIL), (0, 1))
        self.assertEqual(self._figure("K20", MARCH, APRIL), (0, 1))
        self._all_alike()

    def test_reopened_in_the_next_month(self):
        with self._at("2026-03-20 10:00"):
            case = self._inquiry()
            self._as("agent", case).write({"answer": "第二阶梯从 181 立方米起。"})
            self._as("agent", case).action_answer()
            self._as("agent", case).action_close()
        first = self._figure("K20", MARCH, APRIL)
        self.assertEqual(first, (0, 1))
        with self._at("2026-04-03 10:00"):
            self._as("agent", case).action_reopen()
            self._as("agent", case).write({"answer": "按户籍人数另加。"})
            self._as("agent", case).action_answer()
            self._as("agent", case).action_close()
        self.assertEqual(self._figure("K20", MARCH, APRIL), (0, 0))
        self.assertEqual(self._figure("K20", APRIL, MAY), (1, 1))
        self.assertEqual(self._figure("K14", APRIL, MAY)[0], 0)
        self._all_alike()

    def test_another_appointment_in_the_next_month(self):
        """Each appointment counts in its own month: a kept limit does not make up for another."""
        with self._at("2026-03-30 10:00"):
            case = self._inquiry(address="东城路8号")
            slot = local("2026-03-31 10:00"), local("2026-03-31 12:00")
            visit = acts.plan_visit(self._as("agent", case), self.net, *slot).with_env(self.env)
        with self._at("2026-04-01 09:00"):
            self._sweep()
            slot = local("2026-04-02 10:00"), local("2026-04-02 12:00")
            acts.move_visit(self._as("agent", visit), *slot, "车辆故障", "company")
        with self._at("2026-04-02 10:30"):
            self._as("department", visit).action_arrive()
        self.assertEqual(self._figure("K25", MARCH, APRIL), (1, 1))
        self.assertEqual(self._figure("K25", APRIL, MAY), (0, 1))
        kpi = self.env.ref("water_quality.kpi_k25")
        self.assertEqual(kpi._count(self.company, APRIL, MAY)["department", self.net.id], (0, 1))
        self._all_alike()

    def test_one_matter_under_two_numbers(self):
        """An order that comes again after it was filed came in once, and is no other complaint."""
        order = {"external_source": "12345", "external_ref": "SQ-1"}
        with self._at("2026-03-12 10:00"):
            case = self._complaint(**order, external_due_at=local("2026-03-25 17:30"))
            other = self._complaint(address="西城路1号")
            self._go(case, "callback")
            acts.answer_order(self._as("agent", case), "已办理")
            self._go(case, "archived", "callback")
        with self._at("2026-04-02 10:00"):
            again = acts.rehandle_order(self._as("agent", case), "市民不满意").with_env(self.env)
            self._ended(other, "withdrawn")
        self.assertNotEqual(again, case)
        accounts = self._figure("K23", APRIL, MAY)[1]
        self.assertEqual(self._figure("K23", MARCH, APRIL), (1, accounts))
        self.assertEqual(self._figure("K23", APRIL, MAY), (0, accounts))
        self.assertEqual(self._figure("K21", MARCH, APRIL), (0, 1))
        self.assertEqual(self._figure("K21", APRIL, MAY), (0, 0))
        self._all_alike()

    def test_taken_up_only_when_it_came_again(self):
        """A withdrawn contact is not counted: the case continues elsewhere."""
        order = {"external_source": "12345", "external_ref": "SQ-2"}
        with self._at("2026-03-12 10:00"):
            case = self._complaint(**order, external_due_at=local("2026-03-25 17:30"))
            acts.answer_order(self._as("agent", case), "市民已撤回")
            self._ended(case, "withdrawn")
        with self._at("2026-04-02 10:00"):
            again = acts.rehandle_order(self._as("agent", case), "市民不满意").with_env(self.env)
        self.assertFalse(again.is_follow_up)
        self.assertEqual(self._figure("K21", MARCH, APRIL), (0, 0))
        self.assertEqual(self._figure("K21", APRIL, MAY), (0, 1))

    def test_judged_again_under_another_number(self):
        """Valid at first, not valid at last: one matter is judged, by its final finding."""
        order = {"external_source": "12345", "external_ref": "SQ-3"}
        with self._at("2026-03-12 10:00"):
            case = self._complaint(**order, external_due_at=local("2026-03-25 17:30"))
            self._go(case, "callback")
            acts.answer_order(self._as("agent", case), "已办理")
            self._go(case, "archived", "callback")
        self.assertEqual(self._figure("K22", MARCH, APRIL), (1, 1))
        with self._at("2026-04-02 10:00"):
            again = acts.rehandle_order(self._as("agent", case), "市民不满意").with_env(self.env)
            self.assertEqual(self._figure("K22", MARCH, APRIL), (1, 1))
            trusted(again).write({"finding": "not_upheld", "liability": "customer"})
            self.assertEqual(self._figure("K22", MARCH, APRIL), (0, 0))
            trusted(again).write({"state": "confirmed", "closed_at": local("2026-04-09 10:00")})
        self.assertEqual(again.validity, "invalid")
        self.assertEqual(self._figure("K22", APRIL, MAY), (0, 1))
        self.assertEqual(self._figure("K22", MARCH, MAY), (0, 1))
        self._all_alike()

    def test_running_month_omits_undue(self):
        """Not done and not over its limit: in no rate, until it is one of both."""
        about = {"subject": "x", "department_id": self.net.id}
        with self._at("2026-03-10 10:00"):
            rows = self.env["water.improvement"].create(
                [{**about, "due_on": f"2026-03-{day}"} for day in ("09", "10", "20")]
            )
            self.assertEqual(self._figure("K37", MARCH, APRIL), (0, 1))
            trusted(rows[2]).done_at = local("2026-03-10 09:00")
            self.assertEqual(self._figure("K37", MARCH, APRIL), (1, 2))
        with self._at("2026-03-11 00:00"):
            self.assertEqual(self._figure("K37", MARCH, APRIL), (1, 3))
        zone = self.env["water.zone"].create({"code": "K-1", "name": "东城片区"})
        burst = {"subject": "爆管", "aware_at": local("2026-03-11 08:00"), "pipe_diameter": 300}
        burst["zone_ids"] = zone.ids
        with self._at("2026-03-11 09:00"):
            trusted(self.env["water.incident"].create(burst)).state = "open"
            self.assertEqual(self._figure("K30", MARCH, APRIL), (0, 0))
        with self._at("2026-03-12 08:01"):  # 24 hours for pipes up to DN 500
            self.assertEqual(self._figure("K30", MARCH, APRIL), (0, 1))
            self._all_alike()

    def test_announcements_still_in_time(self):
        """Planned work is in no rate until it was announced, or was to be: 24 hours before."""
        with self._at("2026-03-09 08:00"):
            kind = self.env.ref("water_complaints.incident_kind_planned")
            planned = {"subject": "换阀", "kind_id": kind.id, "aware_at": local("2026-03-11 08:00")}
            planned["announced_end_at"] = local("2026-03-11 18:00")
            planned["zone_ids"] = self.env["water.zone"].create({"code": "K-2", "name": "x"}).ids
            rows = trusted(self.env["water.incident"]).create([planned, planned, planned])
            rows.state = "open"
            self.assertEqual(rows.mapped("lead_needed"), [24, 24, 24])
            self.assertEqual(self._figure("K32", MARCH, APRIL), (0, 0))
            rows[0].notice_given_at = local("2026-03-09 08:00")
            self.assertEqual(self._figure("K32", MARCH, APRIL), (1, 1))
        with self._at("2026-03-10 08:00"):  # the last second in which it is in time
            self.assertEqual(self._figure("K32", MARCH, APRIL), (1, 1))
        with self._at("2026-03-10 08:01"):
            rows[1].notice_given_at = local("2026-03-10 08:01")
            self.assertEqual(self._figure("K32", MARCH, APRIL), (1, 3))
            rows[2].announced_end_at = local("2026-03-12 08:00")  # a long one: 48 hours
            self.assertEqual(self._figure("K32", MARCH, APRIL), (1, 3))
            moved = {"aware_at": local("2026-03-12 08:00")}  # to be announced anew
            rows[0].write({**moved, "announced_end_at": local("2026-03-12 18:00")})
            self.assertEqual(self._figure("K32", MARCH, APRIL), (0, 2))
            self._all_alike()

    def test_two_companies_in_two_zones(self):
        """One moment is March in one company and April in the other."""
        self.company2.water_calendar_id = self.company.water_calendar_id.copy(
            {"tz": "Europe/Berlin", "company_id": self.company2.id}
        )
        self.assertEqual(self.company2._water_tz(), "Europe/Berlin")
        with self._at("2026-04-01 00:30"):
            for company in (self.company, self.company2):
                self.env["water.inquiry"].with_company(company).create(
                    self._inquiry_values(company_id=company.id)
                )
        for company, start, end in ((self.company, APRIL, MAY), (self.company2, MARCH, APRIL)):
            rows = PlainCount(self.env, company, start, end).rows("water.inquiry", "received_at")
            self.assertEqual(len(rows), 1)
        self._trigger("water_quality.ir_cron_fact")
        days = self.env["water.fact"].search([("received", ">", 0)])
        days = {row.company_id: row.day for row in days}
        self.assertEqual(days, {self.company: APRIL, self.company2: date(2026, 3, 31)})
