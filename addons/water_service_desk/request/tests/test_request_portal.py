"""Requests on the customer's pages, by real requests of a browser."""

from ast import literal_eval
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...base.tests import acts
from ...portal.tests.common import PortalCase

NEW = "/my/requests/new"


@tagged("post_install", "-at_install")
class TestRequestPortal(PortalCase):
    def _values(self, category="lk03", **values):
        return {
            "category_id": str(self._category(category).id),
            "description": "表箱里一直在漏水，已经两天了。",
            "account_id": str(self.account.id),
            "phone": "13812345678",
            **self._key(),
            **values,
        }

    def _file(self, category="lk03", login="portal1", **values):
        self.sign_in(login)
        response = self.post(NEW, self._values(category, **values))
        self.assertStatus(response, 303)
        return self.env["water.request"].search([], order="id desc", limit=1)

    def _url(self, case, tail=""):
        return f"/my/requests/{case.id}{tail}"

    def _told(self):
        """A connection whose notice has been handed out."""
        case = self._file("nc01")
        self._as("agent", case).action_take()
        self._as("agent", case).action_issue_notice()
        return case

    def _visited(self, case):
        begin = fields.Datetime.now() + timedelta(hours=24)
        visit = acts.plan_visit(
            self._as("agent", case), self.net, begin, begin + timedelta(hours=2)
        )
        return visit.with_env(self.env)

    def _done(self):
        case = self._file()
        self._as("agent", case).action_process()
        case.result = "已更换表前阀。"
        self._as("agent", case).action_finish()
        return case

    def _choices(self, kind):
        page = self.page(self.get(f"{NEW}?type={kind}"))
        links = page.xpath("//a[contains(@class, 'o_water_choice')]/@href")
        return {int(link.rpartition("=")[2]) for link in links}

    def test_possible_choices(self):
        """A fault is no application, and the other way round; rubbish shows everything."""
        self.sign_in()
        repair, business = self._choices("repair"), self._choices("business")
        leak, connection = self._category("lk03").id, self._category("nc01").id
        self.assertIn(leak, repair - business)
        self.assertIn(connection, business - repair)
        self.assertGreaterEqual(self._choices("<script>"), repair | business)

    def test_report_a_fault(self):
        case = self._file()
        self.assertEqual((case.request_type, case.partner_id), ("repair", self.customer))
        self.assertFalse(case.first_responsible_id)
        self.assertEqual(case.channel_id, self._channel("portal"))
        page = self.text(self.get(self._url(case) + "?done=filed"))
        self.assertIn(case.name, page)
        self.assertIn("You will have our answer by", page)

    def test_own_data(self):
        """Asked for on the page, it is a request of its own kind that privacy officers hear of."""
        groups = "base.group_user,water_service_desk.group_privacy"
        self.users["privacy"] = self._new_user("privacy", groups)
        self.sign_in()
        self.assertIn(self._category("pd01").id, self._choices("business"))
        case = self._file("pd01", description="请把你们保存的我的个人信息给我看。")
        self.assertEqual(case.request_type, "business")
        self.assertIn("15 working days", self.text(self.get(self._url(case))))
        told = self.env["mail.message"].search([("subject", "like", "their own data")])
        self.assertIn(self.users["privacy"].partner_id, told.notified_partner_ids)
        action = self.env.ref("water_service_desk.action_request_own_data")
        listed = self._as("privacy", case).search(literal_eval(action.domain))
        self.assertIn(case, listed)
        self.assertNotIn(self._file(), listed)
        self.assertEqual(action.group_ids, self.env.ref("water_service_desk.group_privacy"))

    def test_emergency_reaches_the_department(self):
        case = self._file("lk01")
        self.assertEqual((case.state, case.department_id), ("processing", self.net))
        self.assertIn("In progress", self.text(self.get(self._url(case))))

    def test_refused_form_stays_what_it_was(self):
        self.sign_in()
        answer = self.post(NEW, self._values("nc01", description="", type="business"))
        self.assertStatus(answer, 422)
        self.assertIn("description", self.errors(answer))
        page = self.page(answer)
        self.assertEqual(page.xpath("//input[@name='type']/@value"), ["business"])
        self.assertIn("Apply for something", self.text(answer))

    def test_notice_and_acknowledgement(self):
        """The customer reads everything at once and acknowledges it; once."""
        case = self._told()
        page = self.text(self.get(self._url(case)))
        guide = self.env.ref("water_service_desk.guide_nc01")
        for words in (
            guide.material_ids[0].name,
            guide.step_ids[1].name,
            guide.fee_ids[0].basis,
            guide.refusal_grounds,
            "5 working days",
            "I have received this notice",
        ):
            self.assertIn(words, page)
        answer = self.post(self._url(case, "/acknowledge"))
        self.assertLocation(answer, "?done=acknowledge")
        notice = case.notice_ids
        self.assertEqual((notice.acknowledge_mode, notice.acknowledged_by), ("portal", "张伟"))
        self.assertStatus(self.post(self._url(case, "/acknowledge")), 409)
        self.assertIn("You confirmed it at", self.text(self.get(self._url(case))))

    def test_incorrect_material_is_shown(self):
        case = self._told()
        row = self._as("agent", case.material_ids[0])
        row.write({"state": "supplied"})
        row.write({"state": "incorrect", "reason": "缺少签字"})
        self.assertIn("缺少签字", self.text(self.get(self._url(case))))

    def test_appointment(self):
        case = self._file()
        visit = self._visited(case)
        page = self.text(self.get(self._url(case)))
        self.assertIn("This time works for me", page)
        self.assertNotIn(self.users["agent"].name, page)
        self.assertStatus(self.post(self._url(case, "/visit_confirm"), {"visit_id": "x"}), 422)
        answer = self.post(self._url(case, "/visit_confirm"), {"visit_id": str(visit.id)})
        self.assertLocation(answer, "?done=visit_confirm")
        self.assertEqual((visit.state, visit.confirmed_by), ("confirmed", "customer"))
        self.assertStatus(self.post(self._url(case, "/visit_confirm")), 409)

    def test_result_and_rating(self):
        """Reading the result is being told; the answer is the customer's own."""
        case = self._done()
        page = self.text(self.get(self._url(case)))
        self.assertIn("已更换表前阀。", page)
        self.assertTrue(case.fed_back_at)
        self.assertEqual((case.feedback_ids.channel, case.feedback_ids.told_to), ("portal", "张伟"))
        self.assertStatus(self.post(self._url(case, "/rate"), {"satisfaction": "refused"}), 422)
        self.assertStatus(
            self.post(self._url(case, "/rate"), {"satisfaction": "dissatisfied"}), 422
        )
        self.assertFalse(case.satisfaction)
        answer = self.post(
            self._url(case, "/rate"), {"satisfaction": "dissatisfied", "remark": "还在滴水"}
        )
        self.assertLocation(answer, "?done=rate")
        self.assertEqual(
            (case.satisfaction, case.satisfaction_reason), ("dissatisfied", "还在滴水")
        )
        self.assertStatus(self.post(self._url(case, "/rate"), {"satisfaction": "satisfied"}), 409)

    def test_list_and_home(self):
        case = self._file()
        self.assertIn(case.name, self.text(self.get("/my/requests")))
        self.sign_in("portal2")
        self.assertNotIn(case.name, self.text(self.get("/my/requests")))

    def test_foreign_and_absent_are_alike(self):
        case = self._told()
        notice = case.notice_ids
        self.sign_in("portal2")
        for url in (
            self._url(case),
            self._url(case, f"/letter/{notice.id}"),
            "/my/requests/999999999",
        ):
            self.assertStatus(self.get(url), 404)
        for action in ("acknowledge", "visit_confirm", "rate", "message"):
            self.assertStatus(self.post(self._url(case, f"/{action}"), {"body": "x"}), 404)
        self.assertFalse(notice.acknowledged_at)

    def test_letter_of_another_request(self):
        """A notice's number alone opens nothing, nor does a notice without a letter."""
        first, second = self._told(), self._file()
        self.assertStatus(self.get(self._url(second, f"/letter/{first.notice_ids.id}")), 404)
        self.env["ir.attachment"].create(
            {
                "name": "x.pdf",
                "raw": b"%PDF-1.4 letter",
                "res_model": "water.request.notice",
                "res_field": "letter",
                "res_id": first.notice_ids.id,
            }
        )
        answer = self.get(self._url(first, f"/letter/{first.notice_ids.id}"))
        self.assertStatus(answer, 200)
        self.assertEqual(answer.content, b"%PDF-1.4 letter")

    def test_actions_need_post_and_token(self):
        case = self._told()
        for action in ("acknowledge", "rate"):
            self.assertStatus(self.get(self._url(case, f"/{action}")), 303)
            self.assertStatus(self.post(self._url(case, f"/{action}"), csrf=False), 400)
        self.assertFalse(case.notice_ids.acknowledged_at)

    def test_nothing_by_remote_calls(self):
        self._told()
        names = [name for name in self._own_models("water_service_desk") if "request" in name]
        self.assertIn("water.request.notice", names)
        self.assertNothingByRpc([*names, "water.visit", "water.guide"])
