from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestRecusal(ComplaintCommon):
    """People cannot handle complaints about themselves or, if delicate, their unit (E9)."""

    def _delicate(self, **values):
        values = {"category_id": self._category("st01").id, **values}
        return self._complaint("agent2", department_complained_id=self.net.id, **values)

    def test_unit_does_not_get_it(self):
        """Neither lead nor support, by no door; the refusal says what to do instead."""
        case = self._delicate()
        acts.readback(self._as("agent2", case))
        for lead, supports in ((self.net, None), (self.lab, self.net)):
            with self.subTest(lead=lead.code), self.assertRefused("statement"):
                acts.dispatch(self._as("agent2", case), lead, supports)
        with self.assertRefused("send it to another department"):
            self._as("agent2", case).write({"department_id": self.net.id, "state": "dispatched"})
        self.env.invalidate_all()
        self.assertFalse(case.dispatch_ids)
        self.assertEqual(self._dispatch(case, self.lab, login="agent2").department_id, self.lab)

    def test_found_out_later(self):
        """A unit that has it already does not keep it when the matter turns out to be its own."""
        case = self._complaint_at("dispatched", "agent2")
        delicate = {"is_confidential": True, "department_complained_id": self.net.id}
        with self.assertRaisesRegex(ValidationError, "another department first"):
            self._as("agent2", case).write(delicate)
        self.env.invalidate_all()
        self._dispatch(case, self.lab, login="agent2")
        self._as("agent2", case).write(delicate)

    def test_ordinary_matter_goes_to_its_department(self):
        """A pipe of NET is mended by NET, though the customer complains of NET."""
        case = self._complaint(department_complained_id=self.net.id)
        self._step_dispatched(case, "agent", self.net)
        self.assertEqual(self._lead(case).department_id, self.net)

    def test_delicate_cases(self):
        for values in (
            {"category_id": self._category("st01").id},
            {"category_id": self._category("st04").id},
            {"is_confidential": True},
            {"person_complained_id": self.users["department"].id},
        ):
            case = self._complaint("agent2", department_complained_id=self.net.id, **values)
            with self.subTest(values=values):
                self.assertTrue(case._is_delicate())
        self.assertFalse(self._complaint(department_complained_id=self.net.id)._is_delicate())

    def test_each_reason_makes_it_delicate(self):
        """In every family; categories of a staff family inherit it."""
        family = self.env["water.category"].create({"code": "TF", "name": "x"})
        child = family.create({"code": "TC", "name": "y", "parent_id": family.id})
        plain = {"category_id": child.id, "department_complained_id": self.net.id}
        person = {"person_complained_id": self.users["department"].id}
        for of_family, of_child, values, is_delicate in (
            *((False, False, {}, False), (True, False, {}, True), (False, True, {}, True)),
            *((False, False, {"is_anonymous": True}, True),),
            *((False, False, {"is_confidential": True}, True), (False, False, person, True)),
        ):
            family.about_staff, child.about_staff = of_family, of_child
            case = self.env["water.complaint"].new({**plain, **values})
            with self.subTest(values, family=of_family, child=of_child):
                self.assertIs(bool(case._is_delicate()), is_delicate)
                unit = case._unit_complained_of()._origin
                self.assertEqual(self.users["department"] in unit, is_delicate)
        case = self.env["water.complaint"].new({**plain, "category_id": family.id})
        family.about_staff = True
        self.assertTrue(case._is_delicate())
        self.assertFalse(case.new({"category_id": family.id})._unit_complained_of())

    def test_possible_investigators(self):
        """The superior unit; else the category's own, unless that is the unit; else personnel."""
        people = self.env.ref("water_service_desk.department_hr")
        above = self.net.copy({"name": "上级", "code": "TUP", "parent_id": False})
        for parent, lead, other in (
            *((above, self.lab, above), (above, self.net, above)),
            *((False, self.lab, self.lab), (False, self.net, people)),
        ):
            self.net.parent_id = parent
            category = self._category("st01")
            category.department_id = lead
            case = self.env["water.complaint"].new(
                {"category_id": category.id, "department_complained_id": self.net.id}
            )
            found = case._neutral_department()._origin
            self.assertEqual(found, other, (parent and parent.code, lead.code))

    def test_finished_case_is_no_conflict(self):
        """A matter that has ended stays with whom it had, delicate or not."""
        for state in ("withdrawn", "archived"):
            case = self._complaint_at(state, "agent2")
            self.net.member_ids |= self.users["agent2"]
            trusted(case.sudo()).write(
                {"department_complained_id": self.net.id, "is_confidential": True}
            )
            self.assertEqual(case.first_responsible_id, self.users["agent2"])
            self.net.member_ids -= self.users["agent2"]

    def test_taking_case_about_own_unit(self):
        """Only for a complaint about the user that is not handled by another person."""
        agent, agent2 = self.users["agent"], self.users["agent2"]
        self.net.member_ids |= agent
        mine = self._as("agent", self.env["water.complaint"])
        about = {
            "department_complained_id": self.net.id,
            "category_id": self._category("st01").id,
            "first_responsible_id": agent.id,
        }
        for values, is_given in (
            *(({}, True), ({"first_responsible_id": agent2.id}, False)),
            *(({"department_complained_id": False}, False),),
            *(({"department_complained_id": self.lab.id}, False),),
            *(({"person_complained_id": agent.id}, False),),
            *(({"person_complained_id": agent2.id}, True),),
            ({"category_id": self._category("bl02").id}, False),
        ):
            with self.subTest(values):
                self.assertIs(bool(mine._outsider_for({**about, **values})), is_given)

    def test_outsiders(self):
        """Supervisors of the company at work, whom it is not about: the oldest of them."""
        supervisor = self.users["supervisor"]
        draft = self.env["water.complaint"]._draft_about
        about = {"category_id": self._category("st01").id}
        self.assertIn(supervisor, draft(about)._outsiders())
        person = {"person_complained_id": supervisor.id}
        self.assertNotIn(supervisor, draft({**about, **person})._outsiders())
        self.net.manager_id = supervisor
        unit = {"department_complained_id": self.net.id}
        self.assertNotIn(supervisor, draft({**about, **unit})._outsiders())
        found = draft(about)._outsiders()
        self.assertEqual(found.ids, sorted(found.ids))
        other = self.env["res.company"].create({"name": "别处水务"})
        self.assertNotIn(supervisor, draft({**about, "company_id": other.id})._outsiders())
        supervisor.active = False
        self.assertNotIn(supervisor, draft(about)._outsiders())

    def test_registering_agent_is_not_notified(self):
        """The note of a hand-over appears only for complaints about the own unit."""
        case = self._complaint("agent2", first_responsible_id=self.users["agent"].id)
        self.assertNotIn("handed_over", self._kinds(case))

    def test_handler_is_not_of_the_unit(self):
        """Neither first responsible person nor handler, head of the unit included."""
        agent = self.users["agent"]
        agent.water_department_ids = self.net
        with self.assertRaisesRegex(ValidationError, "replace them"):
            self._complaint(
                category_id=self._category("st01").id,
                department_complained_id=self.net.id,
                user_id=agent.id,
                first_responsible_id=self.users["agent2"].id,
            )
        case = self._delicate()
        for values in ({"user_id": agent.id},):
            with self.assertRaises(ValidationError):
                self._as("agent2", case).write(values)
        with self.assertRaises(ValidationError):
            acts.hand_over(self._as("supervisor", case), agent, "换人")
        agent.water_department_ids = False
        self.net.manager_id = agent
        with self.assertRaises(ValidationError):
            self._as("agent2", case).user_id = agent

    def test_the_first_responsible_himself(self):
        """The only exception to S3.1.1: replaced by a supervisor, with the reason, on record."""
        case = self._complaint("agent2")
        agent, agent2 = self.users["agent"], self.users["agent2"]
        with self.assertRaisesRegex(ValidationError, "hand .* over first"):
            case.person_complained_id = agent2
        for login in ("agent", "agent2"):
            with (
                self.subTest(login=login),
                self.assertRefused(
                    "not allowed to create|Only a supervisor|top-secret records", case
                ),
            ):
                work = self._as(login, case)
                acts.replace_responsible(work, agent, "x", about=True)
        supervisor = self._as("supervisor", case)
        with self.assertRaisesRegex(UserError, "why"):
            acts.replace_responsible(supervisor, agent, " ", about=True)
        reason = "投诉对象为首诉责任人本人"
        acts.replace_responsible(supervisor, agent, reason, about=True)
        case.invalidate_recordset()
        self.assertEqual(case.first_responsible_id, agent)
        self.assertEqual(case.original_responsible_id, agent2)
        self.assertEqual(case.person_complained_id, agent2)
        event = case.event_ids.filtered(lambda row: row.kind == "recused")
        self.assertEqual((event.payload["from"], event.payload["to"]), (agent2.id, agent.id))
        self.assertEqual(event.payload["reason"], reason)
        with self.assertRaises(AccessError):
            self._as("agent2", case).read(["subject"])
        self.assertWhole(case)

    # -- the statement -------------------------------------------------------------------------

    def _statement(self, case, content="张伟(13812345678)说窗口人员3月10日上午态度生硬"):
        statements = self._as("agent2", self.env["water.statement"])
        person = self.users["department"]
        return statements._ask(self._as("agent2", case), person, content).with_env(self.env)

    def test_statement_without_the_source(self):
        """The person complained of reads the accusation and answers; the complaint stays hidden."""
        case = self._delicate(is_confidential=True)
        row = self._statement(case)
        for word in ("张伟", "13812345678"):
            self.assertNotIn(word, row.content)
        mine = self._as("department", row)
        names = ["content", "answer", "department_id", "complaint_id"]
        shown = str(mine.read(names)) + str(mine.web_read({n: {} for n in mine._fields}))
        for word in ("张伟", "5678", case.subject, "Telephone"):
            self.assertNotIn(word, shown)
        with self.assertRaises(AccessError):
            self._as("department", case).read(["subject"])
        with self.assertRaisesRegex(UserError, "Write down"):
            mine.action_give()
        mine.answer = "当时在处理系统故障, 语气确有不耐烦"
        mine.action_give()
        with self.assertRefused("Only the person asked", mine):
            mine.action_give()
        with self.assertRaises(AccessError):
            mine.answer = "改口"
        self.assertEqual(self._kinds(case)[-2:], ["statement_asked", "statement_given"])
        self.assertEqual(self._as("agent2", case).statement_ids, self._as("agent2", row))
        self.assertWhole(case)

    def test_statement_is_his_alone(self):
        """Only the person asked can write it; other departments cannot read it."""
        row = self._statement(self._delicate(category_id=self._category("st04").id))
        for login in ("agent2", "supervisor", "manager"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, row).answer = "x"
        for login in ("department2", "agent", "plain"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, row).read(["content"])

    def test_person_giving_statement(self):
        """The person asked, until it is given."""
        row = self._statement(self._delicate())
        may = {login: self._as(login, row).sudo(False).can_answer for login in ("department",)}
        self.assertEqual(may, {"department": True})
        self.assertFalse(self._as("agent2", row).can_answer)
        mine = self._as("department", row)
        with self.assertRefused("Ask for a statement with the button", row):
            mine.write({"answer": "x", "content": "y"})
        mine.answer = "是我的不是"
        self.assertIs(mine.action_give(), True)
        self.assertFalse(mine.can_answer)
        self.assertEqual(row.answered_at, fields.Datetime.now())
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.users["agent2"].partner_id.ids)]
        )
        self.assertTrue(told.filtered(lambda one: "has been given" in (one.subject or "")))

    def test_proposed_people(self):
        """The person complained of, else the head of the unit; and what the matter is."""
        head, person = self.users["department2"], self.users["department"]
        self.net.manager_id = head
        dialogs = self._as("agent2", self.env["water.statement.wizard"])
        for values, user in (({}, head), ({"person_complained_id": person.id}, person)):
            case = self._delicate(**values)
            about = {"active_model": case._name, "active_ids": case.ids}
            proposed = dialogs.with_context(**about).default_get(["user_id", "content", "case_ids"])
            self.assertEqual(proposed["user_id"], user.id)
            self.assertEqual(proposed["content"], case.description)
            dialog = dialogs.with_context(**about).create({"content": "3月10日态度生硬"})
            self.assertEqual(dialog.action_ask(), {"type": "ir.actions.act_window_close"})
            row = case.statement_ids
            self.assertEqual((row.user_id, row.department_id), (user, self.net))
            self.assertEqual(row.asked_by_id, self.users["agent2"])

    def test_statement_asked_wrongly(self):
        case = self._delicate()
        statements = self._as("agent2", self.env["water.statement"])
        nobody = self.env["res.users"]
        for user, content in ((nobody, "x"), (self.users["department"], " ")):
            with self.assertRefused("Name the person|what the question is"):
                statements._ask(self._as("agent2", case), user, content)
        with self.assertRaises(AccessError):
            self._as("department", self.env["water.statement"])._ask(
                self._as("department", case), self.users["department"], "x"
            )

    def test_number_alone(self):
        """Users without access see only the number in related rows."""
        case = self._complaint("agent2", category_id=self._category("st04").id)
        self.env.invalidate_all()
        shown = self._as("agent", case).sudo().display_name
        self.assertEqual(shown, case.name)
        self.env.invalidate_all()
        self.assertIn(case.subject, self._as("agent2", case).sudo().display_name)
