from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.tests import acts

from .common import QualityCommon


@tagged("post_install", "-at_install")
class TestInspection(QualityCommon):
    second_company = True

    def test_score_is_weighed(self):
        inspection = self._rated("full", "partly", "full")
        self.assertAlmostEqual(inspection.score, 70.0)  # 20 + 60 × ½ + 20
        self.assertFalse(inspection.is_passed)
        self._as("quality", inspection.line_ids[1]).rating = "mostly"
        self.assertAlmostEqual(inspection.score, 85.0)
        self.assertTrue(inspection.is_passed)

    def test_inapplicable_items_have_no_weight(self):
        self.assertAlmostEqual(self._rated("na", "full", "na").score, 100.0)
        self.assertFalse(self._rated("na", "na", "na").is_passed)

    def test_critical_item_fails_the_whole(self):
        inspection = self._rated("full", "full", "none")
        self.assertAlmostEqual(inspection.score, 80.0)
        self.assertFalse(inspection.is_passed)

    def test_result_is_not_written_by_hand(self):
        """The inspector rates items; score, pass mark and result follow."""
        failed = self._as("quality", self._rated("none", "none", "none"))
        for values in (
            {"score": 99, "is_passed": True},
            {"score": 99},
            {"is_passed": True},
            {"pass_mark": 0},
        ):
            with self.subTest(values=values), self.assertRefused("This is kept by the system"):
                failed.write(values)
        with self.assertRefused("This is kept by the system"):
            self._inspection(score=99, is_passed=True)
        failed.action_finish()
        self.assertEqual((failed.score, failed.is_passed), (0.0, False))

    def test_met_or_not(self):
        badge = self._inspection().line_ids[0]
        with self.assertRaisesRegex(ValidationError, "either met or not"):
            badge.rating = "partly"

    def test_everything_is_scored_before_the_end(self):
        inspection = self._as("quality", self._inspection())
        with self.assertRaisesRegex(
            UserError, "Score every item first: \n· 工牌\n· 语气\n· 禁用语"
        ):
            inspection.action_finish()
        inspection.line_ids.write({"rating": "full"})
        inspection.line_ids[1].rating = "none"
        with self.assertRaisesRegex(UserError, "Say what was seen where it fails: \n· 语气"):
            inspection.action_finish()

    def test_form_shows_the_items_at_once(self):
        with Form(self._as("quality", self.env["water.inspection"])) as form:
            form.template_id = self.template
            form.user_id = self.users["department"]
            self.assertEqual(form.department_id, self.net)
            self.assertEqual(len(form.line_ids), 3)
            with form.line_ids.edit(0) as line:
                line.rating = "full"
        self.assertEqual(form.record.line_ids.mapped("name"), ["工牌", "语气", "禁用语"])
        self.assertTrue(form.record.name.startswith("KH"))

    def test_done_is_never_changed(self):
        inspection = self._done()
        self.template.item_ids.name = "改了"
        self.assertEqual(inspection.line_ids[0].name, "工牌")
        for login in ("quality", "supervisor", "manager"):
            mine = self._as(login, inspection)
            for call in (
                lambda mine=mine: mine.write({"remark": "x"}),
                lambda mine=mine: mine.line_ids.write({"rating": "none"}),
                lambda mine=mine: mine.write({"line_ids": [(0, 0, {"item_id": 1})]}),
                lambda mine=mine: mine.write({"state": "draft"}),
                lambda mine=mine: mine.with_context(water_trusted=True).write({"remark": "x"}),
                mine.unlink,
                mine.action_finish,
                mine.action_drop,
            ):
                with (
                    self.subTest(login=login),
                    self.assertRefused(
                        "A done inspection is not|This is kept by the system|not allowed to"
                    ),
                ):
                    call()

    def test_users_cannot_inspect_themselves(self):
        with self.assertRaisesRegex(ValidationError, "You cannot inspect your own work"):
            self._inspection("quality", user_id=self.users["quality"].id)
        other = self._rated(
            "full", "full", "full", login="supervisor", user_id=self.users["quality"].id
        )
        mine = self._as("quality", other)
        self.assertFalse(mine.search([("id", "=", other.id)]))  # a draft about oneself is unseen
        for call in (mine.action_finish, lambda: mine.line_ids.write({"rating": "full"})):
            with self.assertRaises(AccessError):
                call()

    def test_head_of_the_department_does_not_inspect_it(self):
        self.net.manager_id = self.users["quality"]
        with self.assertRaisesRegex(AccessError, "You cannot inspect your own work"):
            draft = self._rated("full", "full", "full", user_id=False, department_id=self.net.id)
            self._as("quality", draft).action_finish()

    def test_inspection_needs_a_person(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            with self.env.cr.savepoint():
                self._inspection(user_id=False)
        self.assertIn("about_somebody", str(caught.exception))

    def test_no_complaint_about_the_inspected_person(self):
        case = self._complaint("agent2", person_complained_id=self.users["agent"].id)
        with self.assertRaisesRegex(ValidationError, "is about the inspected person"):
            self._inspection(complaint_id=case.id)

    # -- the answer of the inspected person -----------------------------------------------

    def test_person_is_told_and_acknowledges(self):
        inspection = self._done()
        mine = self._as("agent", inspection)
        self.assertTrue(mine.can_answer)
        mine.action_acknowledge()
        self.assertEqual(inspection.state, "acknowledged")
        with self.assertRefused("This inspection does not wait for an answer"):
            mine.action_acknowledge()
        told = self.env["mail.message"].search(
            [
                ("model", "=", inspection._name),
                ("res_id", "=", inspection.id),
                ("partner_ids", "!=", False),
            ]
        )
        self.assertEqual(told.partner_ids, self.users["agent"].partner_id)
        self.assertIn("100.0 of 100", told.preview)

    def _dispute(self, inspection, reason):
        acts.fill(inspection, "action_dispute", "action_save", reason=reason)

    def _decide(self, inspection, decision, reason):
        values = {"decision": decision, "reason": reason}
        acts.fill(inspection, "action_decide", "action_save", **values)

    def test_dispute_is_decided_by_another(self):
        inspection = self._done("full", "none", "full")
        with self.assertRaises(AccessError):
            self._dispute(self._as("agent2", inspection), "不是我的")
        mine = self._as("agent", inspection)
        with self.assertRaisesRegex(UserError, "Say what is not right"):
            self._dispute(mine, " ")
        self._dispute(mine, "当时线路杂音")
        self.assertEqual(inspection.state, "disputed")
        for login in ("agent", "quality"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._decide(self._as(login, inspection), "annulled", "x")
        with self.assertRaisesRegex(UserError, "Give the reason"):
            self._decide(self._as("supervisor", inspection), "kept", " ")
        self._decide(self._as("supervisor", inspection), "kept", "录音清楚")
        self.assertEqual((inspection.state, inspection.decision), ("done", "kept"))
        with self.assertRaisesRegex(UserError, "decided already"):
            self._dispute(mine, "再来")
        mine.action_acknowledge()

    def test_inspected_in_the_name_of_another(self):
        """People who rated items are involved, even if another is the inspector."""
        inspection = self._rated("full", "none", "full")
        self._as("quality", inspection).inspector_id = self.users["manager"]
        self._as("manager", inspection).action_finish()
        self._dispute(self._as("agent", inspection), "线路杂音")
        for login in ("quality", "manager"):
            one = self._as(login, inspection)
            with self.subTest(login):
                self.assertFalse(one.can_decide)
                with self.assertRaisesRegex(AccessError, "took no part"):
                    self._decide(one, "kept", "x")
        self._decide(self._as("supervisor", inspection), "kept", "录音清楚")
        self.assertEqual(inspection.decision, "kept")

    def test_head_cannot_decide_on_own_department(self):
        """Colleagues who did not write the inspection."""
        self.net.manager_id = self.users["department"]
        inspection = self._done(user_id=False, department_id=self.net.id)
        self._dispute(self._as("department", inspection), "现场条件不同")
        self.net.member_ids = [Command.link(self.users["supervisor"].id)]
        with self.assertRaisesRegex(AccessError, "took no part"):
            self._decide(self._as("supervisor", inspection), "annulled", "同意")
        self._decide(self._as("manager", inspection), "kept", "录音清楚")
        self.assertEqual(inspection.decision, "kept")

    def test_no_photo_past_the_line(self):
        """A done inspection gets no other photo, as a file of the line either."""
        line = self._done().line_ids[:1]
        there = {"res_model": line._name, "res_id": line.id, "res_field": "photo"}
        files = self._as("quality", self.env["ir.attachment"])
        with self.assertRaisesRegex(AccessError, "put into the record itself"):
            files.create({"name": "x.png", "raw": b"x", **there})
        own = files.create({"name": "x.png", "raw": b"x"})
        with self.assertRaises(AccessError):
            own.write(there)
        self.assertFalse(line.photo)

    def test_annulled_does_not_count(self):
        inspection = self._done("full", "none", "full")
        action = inspection.improvement_ids
        self.assertEqual((action.state, action.owner_id), ("open", self.users["agent"]))
        self._dispute(self._as("agent", inspection), "不是我的通话")
        self._decide(self._as("supervisor", inspection), "annulled", "坐席号登记错误")
        self.assertEqual((inspection.state, action.state), ("annulled", "cancelled"))
        lines = self._as("quality", self.env["water.inspection.line"])
        counted = [("state", "in", ("done", "disputed", "acknowledged"))]
        mine = [("inspection_id", "=", inspection.id)]
        self.assertFalse(lines.search_count(counted + mine))
        about = self.env["water.improvement"].create(
            {"subject": "质检校准", "inspection_id": inspection.id}
        )
        self.assertEqual(about.origin, "dispute")

    def test_dialog_disputes_and_decides(self):
        inspection = self._done()
        for login, words in (("agent", "不同意"), ("supervisor", "维持")):
            mine = self._as(login, inspection)
            opened = mine.action_dispute() if login == "agent" else mine.action_decide()
            dialog = mine.env["water.inspection.wizard"].with_context(**opened["context"])
            with Form(dialog) as form:
                form.reason = words
            form.record.action_save()
        self.assertEqual(
            (inspection.dispute_reason, inspection.decision_reason), ("不同意", "维持")
        )

    # -- who sees what --------------------------------------------------------------------

    def test_visible_to(self):
        self.net.manager_id = self.users["department"]
        about = self.users["department2"]
        about.water_department_ids = self.net
        draft = self._inspection(user_id=about.id)
        done = self._done(user_id=about.id)
        for login, seen in (
            ("department2", done),
            ("department", done),  # the head
            ("agent", done.browse()),
            ("quality", draft | done),
            ("supervisor", draft | done),
            ("foreign", done.browse()),
        ):
            with self.subTest(login=login):
                found = self._as(login, self.env["water.inspection"]).search(
                    [("id", "in", (draft | done).ids)]
                )
                self.assertEqual(found.sudo(False).with_env(self.env), seen.sorted("id", True))
                lines = self._as(login, self.env["water.inspection.line"]).search(
                    [("inspection_id", "in", (draft | done).ids)]
                )
                self.assertEqual(len(lines), 3 * len(seen))

    def test_reader_removes_it_as_shown(self):
        """The list shows the checklist's name to the inspected, who does not open checklists."""
        inspection = self._done("none", "full", "full")
        self.users["agent"].group_ids += self.env.ref("base.group_allow_export")
        self.env.flush_all()
        self.env.invalidate_all()
        mine = self._as("agent", inspection)
        self.assertFalse(mine.template_id.has_access("read"))
        with self.enter_registry_test_mode():
            rows = mine.export_data(["template_id", "score", "state", "user_id"])["datas"]
        self.assertEqual(rows, [["T", 80.0, "Done", self.users["agent"].name]])

    def test_statistics(self):
        self._done("full", "full", "full")
        self._done("none", "full", "full")
        lines = self._as("quality", self.env["water.inspection.line"])
        mine = [("template_id", "=", self.template.id)]
        groups = dict(lines._read_group(mine, ["aspect"], ["percent:avg"]))
        self.assertEqual(groups, {"badge": 50.0, "speech": 100.0})
