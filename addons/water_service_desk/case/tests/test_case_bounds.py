from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...base.tests import acts
from ...base.tests.common import WaterCommon
from ...base.trust import trusted


@tagged("post_install", "-at_install")
class TestCaseBounds(WaterCommon):
    """Computed values of a case, writable fields, and permitted users."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()

    def test_clocks_of_others_may_run_ahead(self):
        """By five minutes at most."""
        now = self._later()
        for seconds, fits in ((300, True), (301, False)):
            moment = now + timedelta(seconds=seconds)
            for values in ({"occurred_at": moment}, {"received_at": moment}):
                with self.subTest(seconds=seconds, values=values):
                    if fits:
                        self._inquiry("su", **values)
                        continue
                    with self.assertRaisesRegex(ValidationError, "cannot lie in the future"):
                        self._inquiry("su", **values)

    def test_urgency(self):
        """First on boards; by the category's default."""
        for severity, urgency in (("normal", 0), ("complex", 0), ("urgent", 1), ("emergency", 2)):
            self.assertEqual(self._inquiry(severity=severity).urgency, urgency)
        category = self._category("gn").copy({"code": "T-URG", "severity": "urgent"})
        self.assertEqual(self._inquiry(category_id=category.id).severity, "urgent")
        case = self._inquiry(category_id=category.id, severity="complex")
        self.assertEqual(case.severity, "complex")

    def test_facts_from_the_account(self):
        """Typed values precede known ones."""
        zone = self.env["water.zone"].create({"code": "T-Z", "name": "东区"})
        values = {"code": "T-1", "partner_id": self.customer.id, "address": "东城路"}
        account = self.env["water.account"].create({**values, "zone_id": zone.id})
        case = self._inquiry(account_id=account.id)
        self.assertEqual((case.address, case.zone_id), ("东城路", zone))
        case = self._inquiry(account_id=account.id, address="西城路")
        self.assertEqual(case.address, "西城路")

    def test_first_contact_is_the_first(self):
        mine = self._as("agent", self.case)
        first = self._later(minutes=-10)
        mine._log_contact("电话", at=first)
        acts.contact(mine, "再次")
        self.assertEqual(self.case.first_contact_at, first)
        rows = self.case.event_ids.filtered(lambda row: row.kind == "contacted").sorted("id")
        self.assertEqual(rows.mapped("payload"), [{"note": "电话"}, {"note": "再次"}])
        self.assertEqual(rows.mapped("at"), [first, self._later()])

    def test_missing_values(self):
        """The person concerned and their contact, unless anonymous."""
        bare = {"partner_id": False, "contact_name": False, "phone": False, "email_from": False}
        for values, missing, place in (
            ({"contact_name": "张", "phone": "13812345678"}, [], None),
            ({"contact_name": "张", "email_from": "z@example.com"}, [], None),
            ({"contact_name": "张"}, ["Phone"], "phone"),
            ({"phone": "13812345678"}, ["Contact name"], "contact_name"),
            ({}, ["Contact name", "Phone"], "contact_name"),
            ({"is_anonymous": True}, [], None),
            ({"is_anonymous": True, "description": " "}, ["Description"], "description"),
        ):
            case = self._inquiry("su", **{**bare, **values})
            with self.subTest(values=values):
                self.assertEqual(case._missing_facts(), missing)
                self.assertEqual([row.place for row in case._need_facts()], [place] * bool(place))

    def test_editing_users(self):
        """The desk, until it is finished; the recorded words cannot be edited."""
        self._dispatch(self.case)
        for state, final in (("processing", False), ("closed", True), ("withdrawn", True)):
            trusted(self.case).state = state
            self.case.invalidate_recordset()
            found = [self._as(n, self.case).can_edit for n in ("agent", "department")]
            self.assertEqual((found, self.case.is_final), ([not final, False], final))
        self.assertFalse(self.case.verbatim_kept)
        trusted(self.case).state = "processing"
        self._as("agent", self.case).verbatim = "没水"
        self._as("agent", self.case).verbatim = "没水"
        with self.assertRefused("own words are never edited", self.case):
            self._as("agent", self.case).verbatim = "有水"
        self.case.invalidate_recordset()
        self.assertTrue(self.case.verbatim_kept)

    def test_department_report(self):
        """Its own work, and what Odoo notes of threads and to-dos; no facts."""
        self._dispatch(self.case)
        work = self._as("department", self.case)
        work._check_write({"message_main_attachment_id": False, "activity_ids": []})
        work._check_write({"user_id": self.users["department"].id})
        with self.assertRaisesRegex(AccessError, "write down your own work"):
            work._check_write({"subject": "x", "user_id": False})
        self._as("agent", self.case)._check_write({"subject": "x"})
        self.case.sudo()._check_write({"subject": "x"})

    def test_found_by_its_number(self):
        """In any capitalisation, for permitted users."""
        rows = self.env["water.dispatch"]
        number = self.case.name
        for text, found in (
            (number, True),
            (f" {number.lower()} ", True),
            (number[:-1], False),
            ("", False),
            (False, False),
        ):
            case = self._as("agent", rows)._case_by_number(text)
            self.assertEqual(case, self.case if found else None, text)
        self.assertIsNone(self._as("department", rows)._case_by_number(number))

    def test_closing_words(self):
        stage = self.env["water.stage"]._of_state("water.inquiry", "closed").sudo()
        stage.closing_script = "{case}: {result} {hotline}."
        self.company.water_hotline = "96116"
        self.case.answer = " 220 "
        self.assertEqual(self.case._closing_script(), f"{self.case.name}: 220 96116.")
        stage.closing_script = "已办结：{result}。还有什么可以帮您？"
        for answer in ("已接通", "已接通。"):
            self.case.answer = answer
            self.assertEqual(self.case._closing_script(), "已办结：已接通。还有什么可以帮您？")
        self.company.water_hotline = False
        for script, spoken in (
            ("{hotline}!", ""),
            ("“Settled. Call {hotline} at any hour. Goodbye.”", "“Settled. Goodbye.”"),
            ("“已办结。有需要请拨打 {hotline}。再见。”", "“已办结。再见。”"),
        ):
            stage.closing_script = script
            self.assertEqual(self.case._closing_script(), spoken)
        stage.closing_script = False
        self.assertEqual(self.case._closing_script(), "")

    def test_events_in_words(self):
        """Steps, clocks, why data was shown, whose department, and what people wrote."""
        log, net = self.case._log_events, self.net
        for kind, payload, text in (
            ("moved", {"from": "registered", "to": "closed"}, "Registered → Closed"),
            ("severity_changed", {"from": "normal", "to": "urgent"}, "Normal → Urgent"),
            ("contacted", {"from": "registered", "note": "电话"}, "电话"),
            ("dispatched", {"department": net.code}, net.name),
            ("clock_warned", {"clock": "nothing"}, "nothing"),
            ("urged", {"reason": "", "note": "快"}, "快"),
            ("callback_attempt", {"result": "no_answer", "note": "忙"}, "Result: No answer · 忙"),
            ("callback_done", {"outcome": "solved", "score": ""}, "Outcome: Solved"),
        ):
            (event,) = log(kind, payload)
            self.assertEqual(event.details, text, kind)

    def test_category_in_words(self):
        family = self._category("gn")
        own = family.copy({"code": "T-C", "name": "水价", "parent_id": family.id})
        self.assertEqual(own.display_name, "T-C 水价")
        top = family.copy({"code": "T-F", "name": "一族", "parent_id": False})
        self.assertEqual(top.display_name, "一族")

    def test_a_category_that_was_archived(self):
        """Cases cannot be moved there by hand; existing ones stay and continue."""
        gone = self._category("gn").copy({"code": "T-GONE"})
        there, other = self._inquiry(category_id=gone.id), self._inquiry()
        gone.active = False
        with self.assertRefused("is not used any more"):
            self._inquiry(category_id=gone.id)
        with self.assertRefused("is not used any more", other):
            self._as("agent", other).write({"category_id": gone.id, "triage_reason": "分错"})
        self._as("agent", there).write({"category_id": gone.id, "subject": "还是它"})
        self._dispatch(there)
        self.assertEqual(self._inquiry("su", category_id=gone.id).category_id, gone)

    def test_questions_of_a_category(self):
        """Its own, else its family's; an answer by its number or in words."""
        family = self._category("gn").copy({"code": "T-F", "parent_id": False})
        own = family.copy({"code": "T-C", "parent_id": family.id})
        family.public_questions = "何时? | 今天 | | 数日 \n\n 在哪? "
        asked = own._public_questions()
        self.assertEqual(
            asked,
            [
                {"name": "answer_0", "text": "何时?", "choices": ["今天", "数日"]},
                {"name": "answer_1", "text": "在哪?", "choices": []},
            ],
        )
        own.public_questions = "几户? | 12 | 3"
        (question,) = own._public_questions()
        for answer, told in (
            ("1", "12"),
            ("2", "3"),
            ("3", "3"),
            ("0", "0"),
            ("4", "4"),
            ("12", "12"),
            ("100", "100"),
            ("很多", "很多"),
        ):
            self.assertEqual(own._public_answer(question, answer), told, answer)

    def test_column_in_words(self):
        """A state keeps one column at least."""
        stages = self.env["water.stage"]
        stage = stages.search([("model", "=", "water.inquiry"), ("state", "=", "closed")], limit=1)
        self.assertEqual(stage.state_label, "Closed")
        twin = stage.copy()
        self.assertEqual((twin.state, twin.model), ("closed", "water.inquiry"))
        first = stages.search(
            [("model", "=", "water.inquiry"), ("state", "=", "registered")], limit=1
        )
        for way in (
            stage.unlink,
            stage.action_archive,
            lambda: stage.write({"state": "answered"}),
            first.with_context(active_test=False).action_archive,
        ):
            twin.action_archive()  # empty
            with self.assertRefused("the only column of its state", stage | first):
                way()
            self.env.invalidate_all()
        twin.action_unarchive()
        stage.action_archive()
        self.assertEqual(
            stages.search([("model", "=", "water.inquiry"), ("state", "=", "closed")], limit=1),
            twin,
        )

    def test_departments_that_can_work(self):
        """Missing settings of a company, by name."""
        setup, departments = self.env["water.setup"], self.env["water.department"]
        everybody = departments.search([])
        user = self.users["plain"]
        everybody.write({"manager_id": user.id, "member_ids": user.ids})
        everybody.on_call_user_ids = user
        self.assertEqual(setup._missing_departments(self.company), [])
        self.lab.manager_id, self.lab.on_call_user_ids = False, False
        found = setup._missing_departments(self.company)
        name = self.lab.name
        self.assertEqual(found, [f"No head: {name}", f"No one is on call: {name}"])

    def test_one_case_of_a_dialog(self):
        about = {"active_model": self.case._name}
        wizards = self._as("agent", self.env["water.contact.wizard"])
        for cases, one in ((self.case, True), (self.case | self._inquiry(), False)):
            wizard = wizards.with_context(**about, active_ids=cases.ids).create({"note": "电话"})
            self.assertEqual(wizard._cases(), cases)
            self.assertEqual(wizard.case_names, ", ".join(cases.mapped("name")))
            if one:
                self.assertEqual(wizard._one(), cases)
                continue
            with self.assertRaisesRegex(UserError, "Open this dialog from a case"):
                wizard._one()
        other = wizards.with_context(active_model="res.partner", active_ids=[1])
        with self.assertRaisesRegex(UserError, "Open this dialog from a case"):
            other.create({"note": "x"})._cases()

    def test_fields_sent_to_browser(self):
        """Neither false nor empty values; a number, and what must be said, is."""
        described = {"x": {"string": "X", "readonly": False, "size": 0, "domain": [], "help": ""}}
        described["x"] |= {"context": {}, "selection": [], "sanitize_tags": False, "sortable": True}
        found = self.case._without_nothing(described)
        kept = {"string": "X", "size": 0, "help": "", "selection": [], "sanitize_tags": False}
        self.assertEqual(found, {"x": {**kept, "sortable": True}})

    def test_named_to_readers(self):
        """Its number alone to staff who may not, when another row names it."""
        number = self.case.name
        for login, shown in (("agent", True), ("department", False), ("portal1", True)):
            row = self.case.with_user(self.users[login]).sudo()
            text = f"{number} {self.case.subject}" if shown else number
            self.assertEqual(row.display_name, text, login)
        self.assertEqual(self.env["water.inquiry"].new({"subject": "新"}).display_name, "新")

    def test_closed_to_the_desk(self):
        """A restricted case is visible to its responsible person and handlers, with all rows."""
        clock, restricted = self.case.deadline_ids[:1], self._category("st04")
        for values, logins in (
            ({}, {"agent", "agent2"}),
            ({"category_id": restricted.id}, {"agent"}),
            ({"user_id": self.users["agent2"].id}, {"agent", "agent2"}),
        ):
            trusted(self.case).write(values)
            self.env.flush_all()
            self.env.invalidate_all()
            rows = self.env["water.deadline"].sudo(False)
            for login in ("agent", "agent2"):
                row = clock.with_user(self.users[login]).sudo()
                asked = rows.with_user(self.users[login]).sudo()
                found = asked.search([("is_open_to_desk", "=", True), ("id", "=", clock.id)])
                with self.subTest(values=values, login=login):
                    self.assertEqual(row.is_open_to_desk, login in logins)
                    self.assertEqual(bool(found), login in logins)

    def test_where_a_move_leads(self):
        """To a column of its own kind and state, or to the first of a state that there is."""
        stages, model = self.env["water.stage"], "water.inquiry"
        closed = stages.search([("model", "=", model), ("state", "=", "closed")], limit=1)
        self.assertEqual(self.case._target({"stage_id": closed.id}), ("closed", closed))
        self.assertEqual(self.case._target({"state": "closed"}), ("closed", closed))
        both = {"stage_id": closed.id, "state": "closed"}
        self.assertEqual(self.case._target(both), ("closed", closed))
        for values, words in (
            ({**both, "state": "withdrawn"}, "another kind of case"),
            (
                {
                    "stage_id": stages.search(
                        [("model", "=", "water.request"), ("state", "=", "closed")], limit=1
                    ).id
                },
                "another kind of case",
            ),
            ({"state": "nothing"}, "is no state"),
            ({"state": False}, "is no state"),
        ):
            with self.subTest(values=values), self.assertRefused(words, self.case):
                self.case._target(values)
        mine = self._as("agent", self.case)
        self.assertTrue(mine._can_move_to("processing"))
        self.assertFalse(mine._can_move_to("closed"), "there is no such step")
        self._dispatch(self.case)
        self.assertFalse(self._as("department", self.case)._can_move_to("withdrawn"))
