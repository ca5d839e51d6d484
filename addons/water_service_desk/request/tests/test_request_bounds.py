from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...base.tests import acts
from ...base.tests.common import DESK
from ...base.trust import trusted
from ...clock.models.water_standard import LineSpec
from .common import RequestCommon

#: All states of a request, in the order of its way.
STATES = ("registered", "notified", "accepted", "processing", "feedback", "closed")
STATES += ("rejected", "withdrawn")


@tagged("post_install", "-at_install")
class TestRequestBounds(RequestCommon):
    """What a request may do and needs in each state, by type, and what follows."""

    def _in(self, case, state, **values):
        trusted(case).write({"state": state, **values})
        case.invalidate_recordset()
        return case

    def test_buttons(self):
        """(notice, accept, begin, finish, close, take up again, decide) of each state."""
        shown = {
            "business": {
                "registered": "iad",
                "notified": "ad",
                "accepted": "pd",
                "processing": "fd",
                "feedback": "cr",
                "closed": "r",
            },
            "repair": {
                "registered": "pd",
                "notified": "d",
                "accepted": "pd",
                "processing": "fd",
                "feedback": "cr",
                "closed": "r",
            },
        }
        names = {"i": "can_issue", "a": "can_accept", "p": "can_process", "f": "can_finish"}
        names |= {"c": "can_close", "r": "can_reopen", "d": "can_decide"}
        for case in (self._request(), self._repair()):
            for state in STATES:
                mine = self._as("agent", self._in(case, state))
                found = "".join(key for key, name in names.items() if mine[name])
                expected = shown[case.request_type].get(state, "")
                with self.subTest(kind=case.request_type, state=state):
                    self.assertEqual(found, expected)
        self._in(case, "processing")
        self._dispatch(case)
        self.assertFalse(self._as("department", case).can_decide)

    def test_guide_stays_once_it_was_told(self):
        """The same again is no change; another one, or another type, is refused."""
        case, other = self._request(), self._category("lk03")
        for stamp in ("notice_issued_at", "accepted_at"):
            trusted(case).write({"notice_issued_at": False, "accepted_at": False})
            same = {"guide_id": case.guide_id.id, "request_type": "business"}
            changes = [{"guide_id": False}, {"category_id": other.id}, {"request_type": "repair"}]
            for values in (same, *changes):
                case._check_guide_change(values)
            trusted(case)[stamp] = self._later()
            case._check_guide_change({**same, "category_id": case.category_id.id})
            for values in changes:
                with self.subTest(stamp=stamp, values=values), self.assertRefused("it stays"):
                    case._check_guide_change(values)

    def test_materials_in_words(self):
        """For required ones."""
        case = self._request()
        wanted = case.material_ids.filtered("mandatory")
        self.assertLess(len(wanted), len(case.material_ids))
        self.assertEqual(case.materials_text, f"0 / {len(wanted)}")
        wanted[0].write({"state": "correct"})
        (case.material_ids - wanted)[0].write({"state": "correct"})
        self.assertEqual(case.materials_text, f"1 / {len(wanted)}")
        self.assertFalse(self._repair().materials_text)

    def test_requirements_for_business_account(self):
        case, repair = self._request(), self._repair()
        (missing,) = repair._need_materials()
        self.assertEqual((missing, missing.place), (repair._need_materials()[0], "request_type"))
        (missing,) = case._need_materials()
        names = case.material_ids.filtered("mandatory").mapped("name")
        self.assertTrue(all(name in missing for name in names))
        optional = case.material_ids.filtered(lambda row: not row.mandatory)
        self.assertFalse(any(name in missing for name in optional.mapped("name")))
        case.material_ids.filtered("mandatory").write({"state": "correct"})
        self.assertEqual(case._need_materials(), [])
        trusted(case).guide_id = False
        self.assertEqual(case._need_materials()[0].place, "guide_id")
        self.assertEqual(repair._need_repair(), [])
        self.assertEqual(case._need_repair()[0].place, "material_ids")

    def test_when_materials_are_fixed(self):
        """As soon as the customer was told, or the application has gone on."""
        case = self._request()
        self.assertFalse(case._materials_fixed())
        self._in(case, "registered", notice_issued_at=self._later())
        self.assertTrue(case._materials_fixed())
        self._in(case, "accepted", notice_issued_at=False)
        self.assertTrue(case._materials_fixed())

    def test_handler_of_materials(self):
        case = self._request()
        for login, may in (("agent", 1), ("department", 1), ("quality", 0), ("su", 1)):
            with self.subTest(login=login):
                if may:
                    self._as(login, case)._check_clerk()
                    continue
                with self.assertRaisesRegex(AccessError, "desk and departments"):
                    self._as(login, case)._check_clerk()

    def test_facts(self):
        """An application needs no address; a repair does, but an emergency nothing at first."""
        address = "Address"
        business, repair = self._request(address=False), self._repair(address=False)
        self.assertNotIn(address, business._missing_facts())
        self.assertIn(address, repair._missing_facts())
        self.assertEqual(repair._need_facts()[0].place, "address")
        trusted(repair).severity = "emergency"
        self.assertEqual(repair._need_facts(), [])
        self.assertEqual(repair._need_result()[0].place, "result")
        repair.result = "已修"
        self.assertEqual(repair._need_result(), [])

    def test_owner_of_time(self):
        """For an application from its acceptance, by its guide; for a repair from receipt."""
        close = LineSpec(False, "close", 9, "hour", False, "finished", 80)
        contact = close._replace(kind="contact")
        business, repair = self._request(), self._repair()
        self.assertEqual(business._own_line(contact), contact)
        self.assertEqual(repair._own_line(close), close._replace(start_on="received"))
        told = close._replace(start_on="accepted", amount=5, unit="working_day")
        self.assertEqual(business._own_line(close), told)
        trusted(business).guide_id = False
        self.assertEqual(business._own_line(close), close._replace(start_on="accepted"))
        own = self._request(category_id=self._category("pd01").id)
        self.assertTrue(own._is_own_data())
        self.assertFalse(business._is_own_data())
        self.assertEqual(own._own_line(close).start_on, "received")
        self.assertEqual(own._own_line(contact), contact)
        kinds = {line.kind for line in business._standard_lines(self.company.water_calendar_id)}
        self.assertNotIn("dispatch", kinds)

    def test_stamps(self):
        case, now = self._repair(), self._later()
        for state, stamps in (
            ("registered", {}),
            ("notified", {}),
            ("accepted", {"accepted_at": now}),
            ("feedback", {"finished_at": now}),
            ("closed", {"closed_at": now}),
            ("rejected", {"closed_at": now}),
            ("withdrawn", {"closed_at": now}),
        ):
            self.assertEqual(case._transition_values(state), stamps, state)
        again = case._transition_values("processing")
        names = {"closed_at", "finished_at", "fed_back_at", "satisfaction", "satisfaction_reason"}
        self.assertEqual(again, dict.fromkeys(names | {"said_goodbye"}, False))

    def test_sent_on_begins_the_work(self):
        """Accepted applications and registered repairs only."""
        for make, state, begun in (
            (self._repair, "registered", True),
            (self._request, "registered", False),
            (self._request, "notified", False),
            (self._request, "accepted", True),
        ):
            case = self._in(make(), state)
            self._as("agent", case)._prepare_dispatch(self.net)
            self.assertEqual(case.state == "processing", begun, (case.request_type, state))
            self.assertEqual(case.department_id, self.net)

    def test_sent_by_itself(self):
        """An emergency repair, once, if it is known who has it."""
        for values, sent in (
            ({"severity": "emergency"}, 1),
            ({"severity": "urgent"}, 0),
            ({"severity": "emergency", "category_id": self._category("nc01").id}, 0),
        ):
            case = self._repair(**values)
            case._dispatch_on_call()
            found = case.dispatch_ids.filtered(lambda row: row.role == "lead")
            self.assertEqual(len(found), sent, values)
        case = self._repair()
        case.category_id.sudo().department_id = False
        trusted(case).severity = "emergency"
        case._dispatch_on_call()
        self.assertFalse(case.dispatch_ids)
        self._in(case, "processing").category_id.sudo().department_id = self.net
        case._dispatch_on_call()
        self.assertFalse(case.dispatch_ids)

    def test_department_report_is_the_result(self):
        """Of the leader, where there is none yet, and always of a second handling."""
        for number, role, before, after in (
            (1, "lead", False, "已换阀"),
            (1, "lead", "已答复", "已答复"),
            (2, "lead", "已答复", "已换阀"),
            (1, "support", False, False),
        ):
            case = self._repair()
            self._dispatch(case, self.net, self.lab)
            case.result = before
            row = case.dispatch_ids.filtered(lambda row, role=role: row.role == role)
            trusted(row).write({"handling_round": number, "state": "accepted", "result": "已换阀"})
            case._on_dispatch_finished(row)
            self.assertEqual(case.result, after, (number, role, before))
            self.assertEqual(case.state, "processing", "somebody is at work still")

    def test_visit_report_is_the_result(self):
        """As far as done, and nothing else is there."""
        for outcome, before, after in (
            ("done", False, "已换表"),
            ("done", "已答复", "已答复"),
            ("follow_up", False, False),
        ):
            case = self._repair(result=before)
            visit = self._plan(case)
            trusted(visit).write({"outcome": outcome, "result": "已换表"})
            case._on_visit_finished(visit)
            self.assertEqual(case.result, after, (outcome, before))

    def test_not_solved_takes_up_what_was_closed(self):
        for outcome, state, again in (
            ("not_solved", "closed", True),
            ("not_solved", "withdrawn", False),
            ("solved", "closed", False),
        ):
            case = self._repair()
            call = case._schedule_callback()
            trusted(call).write({"outcome": outcome, "state": "done"})
            self._in(case, state)._on_callback_done(call)
            self.assertEqual(case.state == "processing", again, (outcome, state))

    def test_counted_notices_and_decisions(self):
        case = self._request()
        self.assertEqual((case.notice_count, case.notice_number), (0, False))
        self.assertEqual(case._need_notice()[0].place, "material_ids")
        notice = self._as("agent", case)._issue_notice().sudo()
        self.assertEqual(case._need_notice(), [])
        shown = (case.notice_count, case.notice_number, case.is_acknowledged)
        self.assertEqual(shown, (1, notice.name, False))
        notice._acknowledge("portal", "张伟")
        notice._acknowledge("counter", "别人")
        said = (notice.acknowledged_by, notice.acknowledge_mode, notice.acknowledge_user_id.id)
        self.assertEqual(said, ("张伟", "portal", False), "once")
        self.assertTrue(case.is_acknowledged)
        for kind, title in (
            ("instruction", "Notice of Everything Needed"),
            ("delay", "Notice of Delay"),
            ("refusal", "Notice of Refusal"),
        ):
            trusted(notice).kind = kind
            self.assertEqual(notice._letter_title(), title)
        case.invalidate_recordset()
        self.assertEqual((case.notice_count, case.notice_number), (1, False))
        self.assertEqual((case.decision_count, case.waits_for_decision), (0, False))

    def test_rateable_people(self):
        """The notice, for customers without an answer; no one reached is no answer."""
        case = self._repair().with_user(self.users["portal1"]).sudo()
        for state in STATES:
            for answer in (False, "satisfied", "basically", "dissatisfied", "unreachable"):
                self._in(case, state, satisfaction=answer)
                may = state == "feedback" and answer in (False, "unreachable")
                self.assertEqual(case._portal_can("rate"), may, (state, answer))
        self.assertFalse(case._portal_can("acknowledge"))

    def test_refused_requests_name_their_reason(self):
        case = self._repair()
        self.assertEqual(case._need_refusal()[0].place, "action_refuse")
        decision = acts.ask_decision(self._as("agent", case), "refusal", self.frost, "明年再来")
        self.assertEqual(decision.sudo().amount, 0)
        self.assertEqual(len(case._need_refusal()), 1, "asked for and not approved")
        self.assertTrue(case.waits_for_decision)
        trusted(decision.sudo()).state = "approved"
        self.assertEqual(case._need_refusal(), [])
        payload = {"reason": self.frost.code, "alternative": "明年再来"}
        self.assertEqual(case._refusal_payload(), payload)


@tagged("post_install", "-at_install")
class TestGuideBounds(RequestCommon):
    """A guide's promise in words, and which fields may be written."""

    def test_limits_in_words(self):
        guide, case = self.guide.sudo(), self._request()
        promise = "We promise: 5 Working days, counted from the day after your complete"
        told = case._limit_words()
        self.assertTrue(told.lower().startswith(promise.lower()), told)
        self.assertTrue(told.endswith(" Basis: Published promise of the company."), told)
        self.assertNotIn("Legal limit", told)
        trusted(guide).write({"statutory_days": 20, "limit_basis": False})
        self.assertTrue(case._limit_words().endswith(" Legal limit: 20 working days."))
        step = guide.step_ids[0]
        for amount, unit, text in (
            (0, "working_day", "at once"),
            (2.5, "hour", "2.5 Hours"),
            (3, False, "3"),
        ):
            trusted(step).write({"amount": amount, "unit": unit})
            self.assertEqual(step._limit_text().lower(), text.lower())

    def test_fees_in_words(self):
        guide = self.guide.copy({"code": "T-FEE", "state": "draft"})
        fees = self.env["water.guide.fee"]
        for values, text in (
            ({"amount": 0}, "free of charge"),
            ({"is_variable": True, "amount": 5}, "as worked out for your case"),
            ({"is_variable": True, "note": "按实际"}, "按实际"),
        ):
            fee = fees.create({"guide_id": guide.id, "name": "x", "basis": "y", **values})
            self.assertEqual(fee._amount_text(), text)
        fee.write({"is_variable": False, "amount": 12.5})
        self.assertEqual(fee._amount_text(), fee.currency_id.format(12.5))

    def test_promised_within_the_law(self):
        guide = self.guide.copy({"code": "T-LAW", "statutory_days": 7, "promised_days": 7})
        self.assertEqual((guide.state, guide.version), ("draft", 1))
        guide.write({"statutory_days": 0, "promised_days": 9})  # no law, no bound
        with self.assertRaisesRegex(ValidationError, "longer than the legal limit"):
            guide.statutory_days = 8

    def test_how_versions_are_called(self):
        guide = self.guide
        self.assertEqual(guide.display_name, f"BZ-NC01 {guide.name}")
        form = guide.action_new_version()
        draft = guide.browse(form["res_id"])
        self.assertEqual((draft.version, draft.previous_id), (guide.version + 1, guide))
        self.assertEqual(draft.display_name, f"BZ-NC01 {guide.name} (version {draft.version})")
        self.assertEqual(guide.action_new_version()["res_id"], draft.id, "one draft at a time")
        draft.name = "别的名字"
        self.assertTrue(guide.write({"sequence": 3}), "where it stands in lists")
        with self.assertRaisesRegex(UserError, "customers have been told"):
            guide.name = "x"
        draft.refusal_grounds = False
        with self.assertRaisesRegex(UserError, "still missing: .*Refusal"):
            draft.action_put_in_force()
        draft.refusal_grounds = "x"
        self.assertTrue(draft.action_put_in_force())
        today = date(2026, 3, 11)
        self.assertEqual((guide.state, guide.valid_to), ("replaced", today))
        self.assertEqual((draft.state, draft.valid_from), ("in_force", today))
        with self.assertRaisesRegex(UserError, "in force already"):
            draft.action_put_in_force()
        found = guide._in_force_for(guide.category_id, self.company)
        self.assertIn(draft, found)
        self.assertNotIn(guide, found)
        with self.assertRaisesRegex(UserError, "Only a draft"):
            draft.unlink()
        self.assertTrue(guide.action_new_version()["res_id"])
        self.assertEqual(self.env.ref(f"{DESK}guide_nc01"), guide)
