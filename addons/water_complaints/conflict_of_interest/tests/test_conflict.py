from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests.common import ComplaintCommon

CHILDREN = (
    "water.dispatch",
    "water.deadline",
    "water.case.event",
    "water.callback",
    "water.callback.attempt",
    "water.notice",
    "water.article.use",
)


@tagged("post_install", "-at_install")
class TestConflict(ComplaintCommon):
    """People do not see complaints about themselves, nor departments confidential ones about
    them.
    """

    second_company = True

    def _case(self, state="confirmed", **values):
        """A complaint with a child of every kind, registered by agent2, handled by LAB."""
        case = self._complaint_at(state, "agent2", self.lab, **values)
        article = trusted(self.env["water.article"]).create(
            {"name": "x", "is_published": True, "review_on": "2099-01-01"}
        )
        case.sudo()._note_articles(opened=article)
        attempts = self.env["water.callback.attempt"].with_user(self.users["quality"])
        for callback in case.callback_ids:
            if case.person_complained_id != self.users["quality"]:
                attempts.create({"callback_id": callback.id, "result": "busy"})
        return case

    def _children(self, model, case):
        link = "callback_id.complaint_id" if model.endswith("attempt") else "complaint_id"
        return self.env[model].sudo().search([(link, "=", case.id)])

    def assertHidden(self, login, case):
        """``login`` can neither find nor read the complaint or anything of it."""
        mine = self._as(login, case)
        here = [("id", "=", case.id)]
        self.assertFalse(mine.search(here))
        self.assertEqual(mine.search_count(here), 0)
        self.assertFalse(mine.name_search(case.name))
        self.assertFalse(mine.formatted_read_group(here, ["state"], ["__count"]))
        for call in (
            lambda: mine.read(["subject"]),
            lambda: mine.write({"plan": "x"}),
            lambda: mine.message_post(body="x"),
            mine.action_verify_events,
        ):
            with self.assertRaises(AccessError):
                call()
        self._assert_children_hidden(login, case)

    def _assert_children_hidden(self, login, case):
        for model in CHILDREN:
            rows = self._as(login, self._children(model, case))
            self.assertTrue(rows, f"nothing of {model} is there to be hidden")
            if rows.browse().has_access("read"):
                self.assertFalse(rows.search([("id", "in", rows.ids)]), model)
            for row in rows:
                with self.assertRaises(AccessError):
                    row.read(["id", "display_name"])
        messages = self._as(login, self.env["mail.message"])
        here = [("model", "=", case._name), ("res_id", "=", case.id)]
        self.assertTrue(messages.sudo().search(here))
        own = self.users[login].partner_id  # known to its own author
        self.assertLessEqual(messages.search(here).sudo().author_id, own)

    def test_there_is_something_to_hide(self):
        """The case of these tests has children of every kind."""
        case = self._case()
        for model in CHILDREN:
            self.assertTrue(self._children(model, case), model)
            self.assertTrue(self._as("manager", self._children(model, case)).read(["id"]), model)

    def test_person_complained_of(self):
        """Hidden from the person complained of in every role; visible before."""
        for login in ("agent", "supervisor", "manager", "department2"):
            case = self._case()
            self.assertTrue(self._as(login, case).read(["subject"]))
            self._as("agent2", case).person_complained_id = self.users[login]
            with self.subTest(login=login):
                self.assertHidden(login, case)
        case = self._case()
        self._as("agent2", case).person_complained_id = self.users["quality"]
        self.assertHidden("quality", case)
        self.assertTrue(self._as("manager", case).read(["subject"]))

    def test_department_complained_of(self):
        """A confidential complaint is hidden from its department; an open one is not."""
        case = self._case(department_complained_id=self.lab.id)
        self.assertTrue(self._as("department2", case).read(["subject"]))
        self._as("agent2", case).is_confidential = True
        self.assertHidden("department2", case)
        self.assertTrue(self._as("agent2", case).read(["subject"]))
        mine, him = self._as("agent", case), self.users["agent"]
        self.assertTrue(mine.has_access("read"))
        him.water_department_ids = self.lab
        self.assertHidden("agent", case)
        self.lab.member_ids -= him
        self.assertTrue(mine.has_access("read"), "he has left the department")

    def test_person_complained_of_cannot_handle(self):
        """Neither as first responsible person nor as handler; a hand-over comes first."""
        agent2 = self.users["agent2"]
        case = self._complaint("agent2")
        with self.assertRaises(ValidationError):
            case.person_complained_id = agent2
        acts.hand_over(self._as("supervisor", case), self.users["agent"], "投诉对象为本人")
        self._as("supervisor", case).person_complained_id = agent2
        self.assertEqual(case.original_responsible_id, agent2)
        for field in ("user_id", "first_responsible_id"):
            before = case[field]
            with (
                self.subTest(field=field),
                self.assertRefused(
                    "You cannot handle a complaint about yourself|only by a hand-over", case
                ),
            ):
                self._as("supervisor", case).write({field: agent2.id})
            self.assertEqual((case[field], before == agent2), (before, False))
        with self.assertRaises(ValidationError):
            acts.hand_over(self._as("supervisor", case), agent2, "理由")
        self.assertEqual(case.first_responsible_id, self.users["agent"])
        with self.assertRaises(ValidationError):
            self._complaint("agent2", person_complained_id=agent2.id)

    def test_cannot_accept_the_dispatch(self):
        """The person complained of cannot take the work even within the department."""
        case = self._complaint(person_complained_id=self.users["department"].id)
        self._step_dispatched(case, "agent", self.net)
        dispatch = self._as("department", self._lead(case))
        for call in (dispatch.action_accept, lambda: acts.reject(dispatch, "x")):
            with self.assertRaises(AccessError):
                call()
        self.assertEqual((dispatch.sudo().state, case.state), ("sent", "dispatched"))

    def test_is_not_told(self):
        """The announcement to a department leaves out the person complained of."""
        colleague = self._new_user(
            "colleague", "base.group_user,water_service_desk.group_department"
        )
        colleague.water_department_ids = self.net
        case = self._complaint(person_complained_id=self.users["department"].id)
        self._step_dispatched(case, "agent", self.net)
        told = self.env["mail.message"].sudo().search([("body", "like", case.name)])
        self.assertIn(colleague.partner_id, told.notified_partner_ids | told.partner_ids)
        self.assertNotIn(
            self.users["department"].partner_id, told.notified_partner_ids | told.partner_ids
        )

    def test_confidential_department_is_not_told(self):
        """A confidential complaint sends no notices to the department complained of."""
        self.users["department"].water_department_ids |= self.lab
        case = self._complaint(is_confidential=True, department_complained_id=self.net.id)
        self._step_dispatched(case, "agent", self.lab)
        told = self.env["mail.message"].sudo().search([("body", "like", case.name)])
        partner = self.users["department"].partner_id
        self.assertNotIn(partner, told.notified_partner_ids | told.partner_ids)

    def test_clock_does_not_tell(self):
        """The sweep neither notifies the person complained of nor creates activities for them."""
        person = self.users["department"]
        self.net.write({"manager_id": person.id, "on_call_user_ids": person.ids})
        case = self._complaint("integration", person_complained_id=person.id)
        other = self._complaint("integration")
        (case | other).department_id = self.net
        clock = self._clock(case, "contact")
        with freeze_time(clock.due_at + timedelta(seconds=1)):
            self._sweep()
        self.assertEqual(clock.state, "breached")
        notices = self.env["water.escalation.notice"].search([("user_id", "=", person.id)])
        self.assertFalse(notices.deadline_id & case.deadline_ids)
        self.assertIn(self._clock(other, "contact"), notices.deadline_id)
        told = self.env["mail.message"].search([("partner_ids", "in", person.partner_id.ids)])
        self.assertTrue(told.filtered(lambda message: other.name in message.body))
        self.assertFalse(told.filtered(lambda message: case.name in message.body))
        self.assertFalse(case.activity_ids.filtered(lambda todo: todo.user_id == person))

    def test_children_follow_a_change_of_category(self):
        """Records of a case open and close together with it, at once."""
        case = self._case()
        for code, hidden in (("st04", True), ("bl02", False)):
            self._as("supervisor", case).category_id = self._category(code)
            with self.subTest(category=code):
                self._check_children("agent", case, hidden)

    def _check_children(self, login, case, hidden):
        for model in CHILDREN:
            rows = self._as(login, self._children(model, case))
            self.assertTrue(rows, f"nothing of {model} is there")
            found = rows.search([("id", "in", rows.ids)])
            self.assertEqual(found, rows.browse() if hidden else rows, model)
            self.assertEqual(rows.has_access("read"), not hidden, model)

    def test_children_follow_a_change_of_restriction(self):
        """A category that becomes restricted closes the children of its cases too."""
        case = self._case()
        case.category_id.restricted = True
        self.assertTrue(case.is_restricted)
        self._check_children("agent", case, True)
        case.category_id.restricted = False
        self.assertFalse(case.is_restricted)
        self._check_children("agent", case, False)
        case.category_id.restricted = True
        acts.hand_over(self._as("supervisor", case), self.users["agent"], "换人")
        self._check_children("agent", case, False)

    def test_restricting_costs_no_queries_for_each_case(self):
        """A category may have a hundred thousand cases."""

        def queries(number):
            category = self._category("bl02")
            for __ in range(number):
                self._complaint("agent2", category_id=category.id)
            self.env.flush_all()
            count = self.env.cr.sql_log_count
            category.restricted = not category.restricted
            self.env.flush_all()
            return self.env.cr.sql_log_count - count

        few = queries(1)
        self.assertEqual(queries(20), few)

    def test_children_follow_a_change_of_company(self):
        """They go to the other company with the case."""
        case = self._case()
        self._check_children("manager", case, False)
        trusted(case).department_id = False
        trusted(case).company_id = self.company2
        self._check_children("manager", case, True)

    def test_copies_come_from_the_case(self):
        """Fields that rules rely on cannot be set by values, defaults or writes."""
        case = self._complaint("agent2", category_id=self._category("st04").id)
        hostile = case.with_context(
            default_is_restricted=False,
            default_company_id=self.company2.id,
            default_is_pending=False,
        )
        clock = acts.promise(self._as("agent2", hostile), "明天回电", self._later(days=1)).sudo()
        event = case.event_ids.sorted("id")[-1:]
        callback = trusted(self.env["water.callback"]).create(
            {"complaint_id": case.id, "company_id": self.company2.id, "is_restricted": False}
        )
        self.assertTrue(clock.is_pending)
        for row in (clock, event, callback):
            with self.subTest(model=row._name):
                self.assertTrue(row.is_restricted)
                self.assertEqual(row.company_id, self.company)
        for row in (trusted(clock), self._as("supervisor", callback)):
            with self.subTest(model=row._name), self.assertRefused("kept by the system", row):
                row.write({"is_restricted": False})

    def test_restricted(self):
        """A restricted category is open to its handlers, supervisors and quality only."""
        case = self._case(category_id=self._category("st04").id)
        self.assertHidden("agent", case)
        for login in ("agent2", "supervisor", "quality", "manager"):
            self.assertTrue(self._as(login, case).read(["subject"]))
        self._as("agent2", case).user_id = self.users["agent"]
        self.assertTrue(self._as("agent", case).read(["subject"]))
        with self.assertRefused("kept by the system", case):
            self._as("agent2", case).is_restricted = False

    def _pointing(self):
        """Our models with a table and a link to a complaint, directly or through another model."""
        models = {
            name: {
                field.comodel_name
                for field in model._fields.values()
                if field.type == "many2one" and field.store and field.ondelete == "cascade"
            }
            for name, model in self.registry.items()
            if name.startswith("water.") and not (model._abstract or model._transient)
        }
        direct = {
            name
            for name, model in self.registry.items()
            if name in models
            and any(
                field.type == "many2one" and field.store and field.comodel_name == "water.complaint"
                for field in model._fields.values()
            )
        }
        return direct | {name for name, owners in models.items() if owners & direct}

    def test_every_model_that_points_to_a_complaint_is_closed_to_whom_it_is_about(self):
        """Incoming mails, interface entries and webhooks do not reveal the complainant."""
        rules = self.env["ir.rule"].sudo().search([("global", "=", True)])
        closed = {
            rule.model_id.model
            for rule in rules
            if "person_complained_id" in (rule.domain_force or "")
        }
        staff = [self.users[login] for login in ("agent", "department", "supervisor", "quality")]
        staff += [self.users["manager"], self.users["finance"], self.env.ref("base.user_admin")]
        seen = {
            name
            for name in self._pointing()
            if any(self.env[name].with_user(user).has_access("read") for user in staff)
        }
        self.assertGreater(len(seen), 30)
        self.assertEqual(seen - closed - {"water.complaint"}, set())

    def test_agents_cannot_read_restricted_cases(self):
        """Agents read case data only if the case is open to them."""
        agent = self.users["agent"]
        # mails waiting for a case; the agent's own messages and ratings
        without_case = {"water.inbound.mail", "water.phrase.hit", "water.inspection"}
        link = self.registry["water.case.link.mixin"]
        asked = set()
        for name, model in self.registry.items():
            records = self.env[name].with_user(agent)
            if model._abstract or model._transient or not isinstance(records, link):
                continue
            if name in without_case or not records.has_access("read"):
                continue
            rules = self.env["ir.rule"].with_user(agent)._get_rules(name, "read")
            words = " ".join(rule.domain_force or "" for rule in rules.sudo())
            asked.add(name)
            with self.subTest(name):
                self.assertRegex(words, "is_open_to_desk|is_restricted|is_sent_to_me")
        self.assertLessEqual({"water.callback", "water.case.event", "water.visit"}, asked)

    def test_person_complained_of_makes_no_visit(self):
        """A visit of the department is neither listed nor editable for the person complained of."""
        person, begin = self.users["department"], fields.Datetime.now()
        case = self._complaint_at("dispatched", person_complained_id=person.id)
        visit = acts.plan_visit(case, self.net, begin, begin + timedelta(hours=2))
        field_acts = self._as("department", self.env["water.field.act"])
        for stop in (f"visit-{visit.id}", f"dispatch-{visit._work('sent').id}"):
            with self.subTest(stop), self.assertRaises(MissingError):
                field_acts._do("k" * 32, "accept", stop)
        day = self._as("department", self.env["water.visit"]).field_day()
        self.assertNotIn(case.name, str(day))

    # -- about one's own unit ------------------------------------------------------------------

    def _about_own_unit(self, **values):
        self.net.member_ids |= self.users["agent"]
        return self._complaint_values(
            department_complained_id=self.net.id, category_id=self._category("st01").id, **values
        )

    def test_complaint_about_own_unit_goes_outside(self):
        self.net.member_ids |= self.users["supervisor"]  # a superior of the unit is no outsider
        case = self._as("agent", self.env["water.complaint"]).create(self._about_own_unit())
        case = case.with_env(self.env)
        taker = case.first_responsible_id
        self.assertTrue(taker.has_group("water_service_desk.group_supervisor"))
        self.assertNotIn(taker, self.net.member_ids | self.users["agent"])
        self.assertEqual((case.user_id, case.original_responsible_id), (taker, taker))
        event = case.event_ids.filtered(lambda row: row.kind == "handed_over")
        self.assertEqual(event.payload["from"], self.users["agent"].id)
        told = self.env["mail.message"].search([("partner_ids", "in", taker.partner_id.ids)])
        self.assertTrue(told.filtered(lambda row: case.name in (row.subject or row.body)))

    def test_about_own_unit_is_saved_though_it_is_hidden(self):
        """The form gets its values and number back; nothing can be read afterwards."""
        complaints = self._as("agent", self.env["water.complaint"])
        asked = {"name": {}, "subject": {}, "event_ids": {}, "user_id": {"fields": {"name": {}}}}
        [row] = complaints.web_save(self._about_own_unit(is_confidential=True), asked)
        self.assertEqual(row["subject"], "水表估抄")
        self.assertEqual((row["event_ids"], row["user_id"]), ([], False))
        case = self.env["water.complaint"].browse(row["id"])
        self.assertEqual(row["name"], case.name)
        with self.assertRaises(AccessError):
            self._as("agent", case).read(["subject"])

    def test_about_own_unit_but_no_delicate_matter(self):
        self.net.member_ids |= self.users["agent"]
        case = self._complaint(department_complained_id=self.net.id)
        self.assertEqual(case.first_responsible_id, self.users["agent"])

    def test_unauthorised_user_cannot_notify_customer(self):
        """Mentions, activities and following cannot reveal a hidden case."""
        case = self._case(person_complained_id=self.users["agent"].id)
        mine, him = self._as("supervisor", case), self.users["agent"].partner_id
        for call in (
            lambda: mine.message_post(body="x", partner_ids=him.ids),
            lambda: mine.message_subscribe(him.ids),
            lambda: mine.activity_schedule(user_id=him.user_ids.id, summary="x"),
        ):
            with self.assertRaisesRegex(AccessError, "may not see"), self.env.cr.savepoint():
                call()
        self.assertTrue(mine.message_post(body="x", partner_ids=self.customer.ids))
