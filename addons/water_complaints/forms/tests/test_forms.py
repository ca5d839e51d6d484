from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon

REPORTS = ("registration", "feedback", "callback", "pause")


@tagged("post_install", "-at_install")
class TestForms(ComplaintCommon):
    """The printed forms of the annex show recorded facts that their reader may know."""

    def _printed(self, name, record, login="agent", lang="en_US"):
        known = {key: value for key, value in record.env.context.items() if key != "lang"}
        reports = self._as(login, self.env["ir.actions.report"]).with_context(**known, lang=lang)
        html, _kind = reports._render_qweb_html(f"water_complaints.report_form_{name}", record.ids)
        return html.decode()

    def _complaint(self, **values):
        values = self._complaint_values(
            user_id=self.users["agent"].id, department_id=self.net.id, **values
        )
        return self.env["water.complaint"].create(values)

    def test_registration_and_feedback(self):
        case = self._complaint(demand="退还多收水费", phone="13812345678")
        trusted(case).investigation = "现场核实属实"
        page = self._printed("registration", case)
        for words in (
            case.name,
            "退还多收水费",
            case.category_id.name,
            "Read back to the customer",
        ):
            self.assertIn(words, page)
        self.assertIn(case.phone_masked, page)
        kinds = dict(case.deadline_ids._fields["kind"]._description_selection(self.env))
        for kind in case.deadline_ids.mapped("kind"):
            self.assertIn(f">{kinds[kind]}<", page, "each limit says what it is for")
        self.assertNotIn("13812345678", page)
        page = self._printed("feedback", case)
        self.assertIn("现场核实属实", page)
        self.assertIn(self.net.name, page)

    def test_callback(self):
        case = self._complaint()
        call = trusted(self.env["water.callback"]).create(
            {"complaint_id": case.id, "user_id": self.users["agent"].id}
        )
        tried = {"callback_id": call.id, "result": "no_answer", "note": "响铃六声"}
        trusted(self.env["water.callback.attempt"]).create(tried)
        page = self._printed("callback", call)
        for words in (case.name, "响铃六声", "No answer"):
            self.assertIn(words, page)

    def test_extension(self):
        case = self._complaint()
        clock = case.deadline_ids[:1]
        pause = trusted(self.env["water.deadline.pause"]).create(
            {
                "deadline_id": clock.id,
                "kind": "extension",
                "state": "done",
                "reason": "等待第三方检测",
                "requested_by_id": self.users["agent"].id,
                "requested_at": local("2026-03-02 09:00"),
                "old_due_at": local("2026-03-03 17:30"),
                "new_due_at": local("2026-03-05 17:30"),
            }
        )
        page = self._printed("pause", pause)
        for words in ("等待第三方检测", "2026-03-03 17:30", "2026-03-05 17:30", "Approved by"):
            self.assertIn(words, page)

    def test_registration_says_when_it_happened_and_about_whom(self):
        """All that is registered of a complaint (S3.2.1c, S3.2.1d), not only when it was told."""
        self.users["agent2"].name = "陈小红"
        case = self._complaint(
            occurred_at=local("2026-03-09 07:15"), person_complained_id=self.users["agent2"].id
        )
        acts.readback(self._as("agent", case), correction="是8号, 不是6号")
        page = self._printed("registration", case)
        for words in ("2026-03-09 07:15", "陈小红", "是8号, 不是6号", "Read Back at"):
            self.assertIn(words, page)

    def test_feedback_has_what_each_department_reports(self):
        case = self._complaint()
        acts.readback(self._as("agent", case))
        acts.dispatch(self._as("agent", case), self.net, self.lab)
        for department, result in ((self.net, "已更换水表"), (self.lab, "水样合格")):
            row = case.dispatch_ids.filtered(lambda one, d=department: one.department_id == d)
            trusted(row).result = result
        page = self._printed("feedback", case)
        for words in ("已更换水表", "水样合格", "Support"):
            self.assertIn(words, page)

    def test_callback_has_what_came_of_it(self):
        case = self._complaint()
        call = trusted(self.env["water.callback"]).create(
            {"complaint_id": case.id, "user_id": self.users["agent"].id}
        )
        call.write({"outcome": "not_solved", "score": "2"})
        chosen = dict(call._fields["score"]._description_selection(self.env))["2"]
        page = self._printed("callback", call)
        for words in ("Not solved", chosen):
            self.assertIn(words, page)

    def test_times_are_those_of_the_company_whose_paper_it_is(self):
        """Rows without a company too, for users of two companies with different clocks."""
        other = self.env["res.company"].create({"name": "Berlin Water"})
        other.water_calendar_id = self.company.water_calendar_id.copy({"tz": "Europe/Berlin"})
        self.users["agent"].company_ids |= other
        case = self._complaint()
        call = trusted(self.env["water.callback"]).create({"complaint_id": case.id})
        tried = {"callback_id": call.id, "result": "no_answer", "at": local("2026-03-10 16:20")}
        trusted(self.env["water.callback.attempt"]).create(tried)
        pause = {"deadline_id": case.deadline_ids[:1].id, "kind": "extension", "reason": "x"}
        pause |= {"requested_at": local("2026-03-02 09:00"), "requested_by_id": self.env.uid}
        pause |= {"old_due_at": local("2026-03-03 17:30"), "new_due_at": local("2026-03-05 17:30")}
        pause["state"] = "done"
        pause = trusted(self.env["water.deadline.pause"]).create(pause)
        both = (other | self.company).ids
        for name, record, words in (
            ("callback", call, "2026-03-10 16:20"),
            ("pause", pause, "2026-03-02 09:00"),
        ):
            page = self._printed(name, record.with_context(allowed_company_ids=both))
            self.assertIn(words, page)

    def test_author_and_language(self):
        case = self._complaint()
        for login in ("plain", "portal2"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._printed("registration", case, login)
        trusted(case).person_complained_id = self.users["agent2"]
        with self.assertRaises(AccessError):
            self._printed("feedback", case, "agent2")
        if self.env["res.lang"]._lang_get("zh_CN"):
            self.assertIn("投诉登记表", self._printed("registration", case, lang="zh_CN"))

    def test_every_form_is_offered_where_its_record_is(self):
        for name in REPORTS:
            report = self.env.ref(f"water_complaints.action_report_form_{name}")
            with self.subTest(name=name):
                self.assertEqual(report.binding_model_id.model, report.model)
                self.assertTrue(report.group_ids)
