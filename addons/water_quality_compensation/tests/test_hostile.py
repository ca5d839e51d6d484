import json

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon, ComplaintPeople
from odoo.addons.water_service_desk.base.tests.doors import call_kw
from odoo.addons.water_service_desk.base.trust import trusted

#: context values of a client that might pass a guard
HOSTILE = {
    "water_trusted": True,
    "_TOKEN": True,
    "module_uninstall_in_progress": True,
    "_force_unlink": True,
    "install_mode": True,
    "import_file": True,
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "leave_fast_create": True,
    "active_test": False,
    "bin_size": True,
    "prefetch_fields": False,
    "su": True,
    "uid": 1,
    "no_check": True,
    "skip_check": True,
    "default_state": "archived",
    "default_water_trusted": True,
    "test_enable": True,
}
CONTEXTS = (
    {},
    *({key: value} for key, value in HOSTILE.items()),
    {"water_trusted": "x"},
    {"water_trusted": 1},
    {"water_trusted": {"_TOKEN": True}},
    {"water_trusted": "<object object at 0x7f0000000000>"},
    HOSTILE,
)
#: How the attempts are refused: by guards, by rights, by the table of steps.
REFUSED = (
    "by the system|not by hand|with the button|with its own button|[Uu]se the button|is not changed"
    "|cannot be changed|is not (altered|removed)|not deleted|stays as it is|is archived|top-secret"
    "|not allowed to|不允许|not have enough rights|Only service agents|there is no step|hand-over"
    "|when a case is completed|judged anew"
)
#: Helpers of the service that must not be reached from outside.
PRIVATE = (
    ("water.complaint", "_log_events"),
    ("water.complaint", "_hold"),
    ("water.complaint", "_destroy"),
    ("water.archive", "_seal"),
    ("water.archive", "_destroy"),
    ("water.archive", "_download"),
    ("water.destruction", "_draw_up"),
    ("water.destruction", "_work"),
    ("water.complaint", "_move_to"),
    ("water.complaint", "_hand_over"),
    ("water.complaint", "_confirm_readback"),
    ("water.complaint", "_confirm_result"),
    ("water.complaint", "_dispatch"),
    ("water.complaint", "_start_clocks"),
    ("water.complaint", "_portal_submit"),
    ("water.notice", "_send"),
    ("water.dispatch", "_send"),
    ("water.dispatch", "_reject"),
    ("water.dispatch", "_cancel"),
    ("water.deadline", "_meet"),
    ("water.deadline", "_void"),
    ("water.deadline", "_cron_sweep"),
    ("water.callback", "_void"),
    ("water.calendar.day", "_load_china"),
    ("water.staff.message", "_tell"),
    ("water.inspection", "_decide"),
    ("water.inspection", "_dispute"),
    ("water.inspection.plan", "_draw_up"),
    ("water.compensation", "_work_out"),
    ("water.compensation", "_recompute"),
    ("water.compensation.exemption", "_refuse"),
    ("water.incident", "_compensate_again"),
    ("water.incident", "_compensate_batch"),
    ("water.improvement", "_open_for"),
    ("water.improvement", "_cancel"),
    ("water.forbidden.phrase", "_say"),
    ("water.evidence", "_strike"),
    ("water.evidence", "_set_published"),
    ("water.resolution", "_accept"),
    ("water.negotiation", "_settle"),
    ("water.staff.document", "_remind"),
    ("water.statement", "_ask"),
    ("water.complaint", "_unmerge"),
    ("water.complaint", "_link_repeat"),
    ("water.complaint", "_issue_query_code"),
    ("water.complaint", "_find_by_query_code"),
    ("water.complaint", "_report"),
    ("water.complaint", "_replace_responsible"),
    ("water.inquiry", "_convert_to_complaint"),
    ("resource.calendar", "_water_due_at"),
)


#: fields that even managers cannot write by hand
FORGED = (
    {"received_at": "2026-01-01 00:00:00"},
    {"readback_at": "2026-01-01 00:00:00"},
    {"deadline_state": "ok"},
    {"next_due_at": False},
    {"event_head": "x"},
    {"reopen_count": 0},
    {"is_restricted": True},
    {"readback_text": "x"},
    {"repeat_count": 0},
    {"query_code_at": "2026-01-01 00:00:00"},
    {"major_reported_at": "2026-01-01 00:00:00"},
    {"severity": "emergency"},
)


class HostileAttempts:
    """The attempts, as remote calls: (what, login, model, method, arguments)."""

    def _attempts(self, case, filed):
        """Attempts on a complaint in the hands of NET, and on a filed one.

        :param case: a complaint that has been notified, with a call-back of its own
        :param filed: an archived complaint
        """
        clock, event = case.deadline_ids[:1], case.event_ids[:1]
        notice, dispatch = case.notice_ids[:1], case.dispatch_ids[:1]
        callback, attempt = filed.callback_ids, filed.callback_ids.attempt_ids[:1]
        link = {"complaint_id": case.id}
        archived = self.env["water.stage"]._of_state("water.complaint", "archived")
        new_event = {**link, "kind": "contacted", "at": "2026-03-11 02:00:00", "digest": "x"}
        return [
            *self._on(event, {"payload": {}}, {**new_event, "user_id": self.env.uid}),
            *self._on(clock, {"due_at": "2030-01-01 00:00:00"}, {**link, "kind": "close"}),
            *self._on(notice, {"body": "x"}, {**link, "subject": "x"}),
            *self._on(case.evidence_ids, {"title": "x"}),
            *self._on(case.demand_ids, {"verdict": "rejected"}),
            *self._on(dispatch, {"state": "finished"}, {**link, "department_id": self.lab.id}),
            *self._on(callback, {"score": "1"}, link),
            *self._on(attempt, {"result": "reached"}),
            *self._on(case, {"state": "archived"}),
            *self._on(filed, {"subject": "x"}),
            *(
                ("manager", "water.complaint", "write", [case.ids, values])
                for values in (
                    *FORGED,
                    {"stage_id": archived.id},
                    {"first_responsible_id": self.users["agent2"].id},
                    {"original_responsible_id": self.users["agent2"].id},
                    {"event_ids": [Command.clear()]},
                    {"deadline_ids": [Command.clear()]},
                    {"notice_ids": [Command.clear()]},
                    {"dispatch_ids": [Command.update(dispatch.id, {"state": "rejected"})]},
                )
            ),
            ("department", "water.complaint", "write", [case.ids, {"subject": "x"}]),
            ("department", "water.complaint", "read", [case.ids, ["phone"]]),
            ("department2", "water.complaint", "read", [case.ids, ["subject"]]),
            ("department2", "water.dispatch", "action_accept", [dispatch.ids]),
            ("plain", "water.complaint", "read", [case.ids, ["subject"]]),
            ("portal1", "water.complaint", "search_read", [[], ["subject"]]),
            ("quality", "water.complaint", "action_take", [case.ids]),
        ]

    def _on(self, record, change, values=None):
        yield ("manager", record._name, "write", [record.ids, change])
        yield ("manager", record._name, "unlink", [record.ids])
        if values:
            yield ("manager", record._name, "create", [[values]])

    def _story(self):
        case = self._complaint_at("notified")
        filed = self._complaint_at("confirmed")
        attempts = self._as("quality", self.env["water.callback.attempt"])
        attempts.create({"callback_id": filed.callback_ids.id, "result": "busy"})
        self._step_callback(filed, "agent", self.net)
        self._step_archived(filed, "agent", self.net)
        return case, filed


@tagged("post_install", "-at_install")
class TestHostile(HostileAttempts, ComplaintCommon):
    """Each guard, tried through the door of remote calls with every hostile context."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["admin"] = cls.env.ref("base.user_admin")

    def setUp(self):
        super().setUp()
        self.case, self.filed = self._story()

    def _call(self, login, model, method, args, context):
        records = self._as(login, self.env[model])
        return call_kw(records, method, json.loads(json.dumps(args)), {"context": context})

    def test_guards(self):
        """No context opens a guard, and nothing changes."""
        for attempt in self._attempts(self.case, self.filed):
            for context in CONTEXTS:
                with self.subTest(attempt=attempt, context=context), self.assertRefused(REFUSED):
                    self._call(*attempt, context)
        self.assertEqual((self.case.state, self.filed.state), ("notified", "archived"))
        self.assertWhole(self.case | self.filed)

    def test_administrator(self):
        """The administrator of the database is no exception."""
        for _login, *attempt in self._attempts(self.case, self.filed):
            model, method, _args = attempt
            if model not in ("water.complaint", "water.dispatch") and method != "read":
                for context in ({}, HOSTILE):
                    with self.subTest(attempt=attempt), self.assertRefused(REFUSED):
                        self._call("admin", *attempt, context)

    def test_attempts_are_otherwise_sound(self):
        """With the mark of the service the same writes pass: the guards alone refused them."""
        clock, dispatch = self.case.deadline_ids[:1], self.case.dispatch_ids[:1]
        for record, values in (
            (clock, {"due_at": "2030-01-01 00:00:00"}),
            (dispatch, {"state": "finished"}),
            (self.case.notice_ids[:1], {"body": "x"}),
            (self.filed.callback_ids, {"score": "1"}),
            (self.filed, {"subject": "x"}),
            (self.case, {"state": "archived", "next_due_at": False, "is_restricted": True}),
        ):
            with self.subTest(model=record._name):
                trusted(record.sudo()).write(values)
                self.env.flush_all()

    def test_hostile_values(self):
        """Values of the wrong type do not move a case, and end in no error."""
        for values in (
            {"state": ["archived"]},
            {"state": {"archived": 1}},
            {"state": "archived'; DROP TABLE water_complaint; --"},
            {"state": 7},
            {"state": None, "stage_id": None},
            {"stage_id": "archived"},
            {"stage_id": -1},
            {"stage_id": 10**9},
            {"stage_id": [1, 2]},
            {"state": "archived", "stage_id": False},
            {"state": "handling", "subject": False},
        ):
            for login in ("agent", "manager"):
                with self.subTest(values=values, login=login), self.env.cr.savepoint() as savepoint:
                    with mute_logger("odoo.sql_db"), self.assertRaises(Exception):  # noqa: B017
                        self._call(login, "water.complaint", "write", [self.case.ids, values], {})
                        self.env.flush_all()
                    savepoint.rollback()
                    self.assertEqual(self.case.state, "notified")

    def test_created_with_hostile_defaults(self):
        """Context defaults give a new complaint no values of later steps."""
        kept = self.env["water.complaint"]._readonly_fields()
        values = {"default_" + name: "2020-01-01 00:00:00" for name in kept if name.endswith("_at")}
        values |= {
            "default_state": "archived",
            "default_event_head": "x",
            "default_event_count": 7,
            "default_reopen_count": 7,
            "default_rejection_count": 7,
            "default_deadline_state": "breached",
            "default_original_responsible_id": self.users["agent2"].id,
            "default_name": "TS-1",
        }
        values.pop("default_received_at")
        new = {**self._complaint_values(), "occurred_at": "2026-03-11 01:00:00"}
        number = self._call("agent", "water.complaint", "create", [new], values)
        case = self.env["water.complaint"].browse(number)
        self.assertRecordValues(
            case,
            [
                {
                    "state": "registered",
                    "readback_at": False,
                    "closed_at": False,
                    "archived_at": False,
                    "notified_at": False,
                    "confirmed_at": False,
                    "first_contact_at": False,
                    "event_count": 1,
                    "reopen_count": 0,
                    "rejection_count": 0,
                    "deadline_state": "ok",
                    "original_responsible_id": self.users["agent"].id,
                }
            ],
        )
        self.assertNotEqual(case.name, "TS-1")
        self.assertWhole(case)

    def test_private_methods(self):
        """Helpers are not callable from outside, with any context."""
        for model, method in PRIVATE:
            self.assertTrue(callable(getattr(self.env[model], method)), (model, method))
            for context in ({}, HOSTILE):
                with self.subTest(model=model, method=method), self.assertRaises(AccessError):
                    self._call("manager", model, method, [[]], context)

    def test_dialogs_about_foreign_cases(self):
        hidden = self._complaint("agent2", category_id=self._category("st04").id)
        about = {"case_model": "water.complaint", "case_ids": hidden.ids}
        for model, values, action in (
            ("water.contact.wizard", {"note": "x"}, "action_log"),
            ("water.dispatch.wizard", {"department_id": self.net.id}, "action_dispatch"),
            ("water.readback.wizard", {}, "action_confirm"),
            ("water.end.wizard", {"reason": "x"}, "action_end"),
            ("water.confirm.wizard", {"result": "5"}, "action_save"),
            (
                "water.notice.wizard",
                {"mode": "oral", "subject": "x", "body": "x", "told_to": "x"},
                "action_send",
            ),
        ):
            events = hidden.event_count
            with self.subTest(model=model), self.assertRaises(AccessError):
                number = self._call("agent", model, "create", [{**about, **values}], {})
                self._call("agent", model, action, [[number]], HOSTILE)
            self.assertEqual(hidden.event_count, events)


@tagged("post_install", "-at_install")
class TestHostileHttp(HostileAttempts, ComplaintPeople, HttpCase):
    """The same over the wire: what a browser's console or a script may send."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()

    def _send(self, model, method, args, context):
        params = {"model": model, "method": method, "args": args}
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}", {**params, "kwargs": {"context": context}}
        )

    def test_over_json_rpc(self):
        """Each attempt once, with all hostile keys at once; the case is as before."""
        case, filed = self._story()
        attempts = self._attempts(case, filed)
        for login in sorted({attempt[0] for attempt in attempts}):
            user = self.users[login].login
            self.authenticate(user, user)
            for who, *attempt in attempts:
                if who == login:
                    with (
                        self.subTest(attempt=attempt),
                        mute_logger("odoo.http"),
                        self.assertRaises(JsonRpcException),
                    ):
                        self._send(*attempt, HOSTILE)
        case.invalidate_recordset()
        self.assertEqual((case.state, filed.state), ("notified", "archived"))
        self.assertWhole(case | filed)

    def test_private_over_json_rpc(self):
        """A method with an underscore is refused at the door."""
        user = self.users["manager"].login
        self.authenticate(user, user)
        for model, method in PRIVATE:
            with (
                self.subTest(method=method),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException) as caught,
            ):
                self._send(model, method, [[]], HOSTILE)
            self.assertIn("AccessError", str(caught.exception))

    def test_lawful_call_passes(self):
        """The same door lets lawful calls through: the refusals are no accident."""
        case = self._complaint()
        user = self.users["agent"].login
        self.authenticate(user, user)
        self.assertTrue(self._send("water.complaint", "write", [case.ids, {"plan": "换表"}], {}))
        case.invalidate_recordset()
        self.assertEqual(case.plan, "换表")
