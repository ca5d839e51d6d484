from odoo.tests import tagged

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from .common import APRIL, MARCH, MAY, MonthsCommon


@tagged("post_install", "-at_install")
class TestKpiAfterwards(MonthsCommon):
    """Figures of a month whose cases change afterwards."""

    def _months(self, code):
        return self._figure(code, MARCH, APRIL), self._figure(code, APRIL, MAY)

    def _received(self):
        """``{type: contacts}`` of both months, as dashboards add them up."""
        self.env["ir.config_parameter"].set_param("water.fact.compared_at", False)
        self._trigger("water_quality.ir_cron_fact")
        domain = [("company_id", "=", self.company.id), ("day", ">=", MARCH), ("day", "<", MAY)]
        rows = self.env["water.fact"]._read_group(domain, ["kind"], ["received:sum"])
        return {kind: number for kind, number in rows if number}

    def test_a_merging_that_was_undone_in_the_next_month(self):
        """Two complaints after all: neither repeats the other, each ends in its own month."""
        with self._at("2026-03-12 10:00"):
            lead, case = self._complaint(), self._complaint(address="西城路1号")
            values = {"duplicate_of_id": lead.id, "end_reason": "同一件事", "state": "merged"}
            self._as("supervisor", case).write(values)
            self._go(lead, "archived")
        self.assertEqual(self._months("K21")[0], (1, 2))
        self.assertEqual(self._months("K20"), ((0, 1), (0, 0)))
        with self._at("2026-04-02 10:00"):
            acts.undo(self._as("supervisor", case), "是两件事")
            self._sweep()
            self._go(case, "archived")
        self.assertEqual(lead.repeat_count, 0)
        self.assertEqual(self._months("K21")[0], (0, 2))
        self.assertEqual(self._months("K20"), ((0, 1), (0, 1)))
        self.assertEqual(self._months("K18"), ((1, 1), (1, 1)))
        self.assertEqual(self._months("K11"), ((1, 2), (0, 0)))  # not answered in time
        self.assertEqual(self._received(), {"complaint": 2})
        self._all_alike()

    def test_an_answer_that_became_a_complaint_in_the_next_month(self):
        """The question was answered at once in March: as a complaint it came in in April."""
        with self._at("2026-03-12 10:00"):
            case = self._inquiry(answer="第二阶梯从 181 立方米起。")
            self._as("agent", case).action_answer()
        volume = [pair[0] for pair in self._months("K23")]
        with self._at("2026-04-02 10:00"):
            values = {
                "category_id": self._category("bl02").id,
                "address": "东城路8号",
                "occurred_at": local("2026-03-10 19:00"),
                "demand": "退费",
            }
            complaint = acts.convert(self._as("agent", case), values, "不满意")
            complaint = complaint.with_env(self.env)
        self.assertEqual([pair[0] for pair in self._months("K23")], [volume[0], volume[1] + 1])
        self.assertEqual(self._received(), {"inquiry": 1, "complaint": 1})
        self.assertEqual(complaint.received_at, local("2026-04-02 10:00"))
        self._all_alike()

    def test_work_stays_with_its_person(self):
        """Handled again by others in April: March's work stays with its people."""
        with self._at("2026-03-12 10:00"):
            case = self._complaint_at("notified")
        kpi = self.env.ref("water_quality.kpi_k12")
        march = kpi._count(self.company, MARCH, APRIL)
        self.assertEqual(march["department", self.net.id], (1, 1))
        with self._at("2026-04-02 10:00"):
            acts.contest(self._as("agent", case), "没有解决")
            self._dispatch(case, self.lab, login="supervisor")
            self._as("department2", self._lead(case)).action_accept()
        self.assertEqual(kpi._count(self.company, MARCH, APRIL)["department", self.net.id], (1, 1))
        self.assertNotIn(("department", self.lab.id), kpi._count(self.company, MARCH, APRIL))
        self._all_alike()

    def test_a_limit_that_was_excused_in_the_next_month(self):
        with self._at("2026-03-12 10:00"):
            case = self._complaint_at("investigating")
        with self._at("2026-03-30 10:00"):
            self._sweep()
            self.assertEqual(self._months("K11")[0], (0, 1))
        clock = self._clock(case, "close")
        with self._at("2026-04-02 10:00"):
            files = self._as("department", self.env["ir.attachment"])
            proof = files.create({"name": "p.txt", "raw": b"x"})
            kinds = [key for key, __ in clock._fields["breach_reason"].selection]
            work = self._as("department", clock)
            acts.explain_breach(work, kinds[0], "说明", proof)
            self._as("quality", clock).action_excuse()
        self.assertEqual(self._months("K11"), ((0, 0), (0, 0)))
        self._all_alike()

    def _answered(self, case, answer):
        self._as("agent", case).write({"answer": answer})
        self._as("agent", case).action_answer()
        self._as("agent", case).action_close()
        self.env.invalidate_all()

    def test_a_call_that_was_begun_and_not_made(self):
        """Text prefilled when the question was reopened is no statement."""
        self._category("gn").inquiry_callback_percent = 100
        with self._at("2026-03-12 10:00"):
            case = self._inquiry()
            self._answered(case, "第二阶梯从 181 立方米起。")
            call = self._as("quality", case.callback_ids)
            call.action_start()
            call.write({"outcome": "not_solved", "score": "1"})
            self.assertEqual(self._figure("K18", MARCH, APRIL), (0, 0))
        with self._at("2026-03-13 10:00"):
            self._as("agent", case).action_reopen()
            self.assertEqual(call.state, "void")
            self._as("supervisor", case).user_id = self.users["agent2"]
            self._answered(case, "按户籍人数另加。")
            call = self._as("quality", self._calls(case, "follow_up"))
            call.write({"outcome": "solved", "score": "5"})
            call.action_done()
        self.assertEqual(self._figure("K18", MARCH, APRIL), (1, 1))
        self._all_alike()

    def test_rating_of_previous_answer(self):
        """Answered again without a new question: no rating."""
        self._category("gn").inquiry_callback_percent = 100
        with self._at("2026-03-12 10:00"):
            case = self._inquiry()
            self._answered(case, "第二阶梯从 181 立方米起。")
            call = self._as("quality", case.callback_ids)
            call.write({"outcome": "not_solved", "score": "1", "remark": "没有说清"})
            call.action_done()
        self.assertEqual(case.state, "processing")
        with self._at("2026-04-02 10:00"):
            self._as("supervisor", case).user_id = self.users["agent2"]
            self._answered(case, "按户籍人数另加。")
            self.assertEqual(self._months("K18"), ((0, 0), (0, 0)))
            self._as("quality", self._calls(case, "follow_up")).write(
                {"outcome": "solved", "score": "4"}
            )
            self._as("quality", self._calls(case, "follow_up")).action_done()
        self.assertEqual(self._months("K18"), ((0, 0), (1, 1)))
        self._all_alike()

    def test_an_action_that_did_not_work(self):
        """Reported as done in time, and found not to work: it is not done, until it is."""
        with self._at("2026-03-10 10:00"):
            about = {"subject": "复核抄表", "department_id": self.net.id, "due_on": "2026-03-20"}
            row = self.env["water.improvement"].create({**about, "effect": "仍有估抄"})
            done = {"state": "done", "done_at": local("2026-03-10 10:00")}
            trusted(row).write({**done, "done_by_id": self.users["department"].id})
            self.assertEqual(self._figure("K37", MARCH, APRIL), (1, 1))
        with self._at("2026-03-12 10:00"):
            self._as("quality", row).action_reopen()
            self.assertEqual(self._figure("K37", MARCH, APRIL), (0, 0))
        with self._at("2026-03-21 10:00"):
            self.assertEqual(self._figure("K37", MARCH, APRIL), (0, 1))
