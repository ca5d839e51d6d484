"""Odoo's own routes as tools against cases: threads, files, reports, exports."""

import inspect
import json
import select
import socket
import threading
from contextlib import suppress
from unittest.mock import patch

from requests import HTTPError

from odoo.fields import Datetime
from odoo.http import Request
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.water_complaints.complaint.tests.common import ComplaintPeople
from odoo.addons.water_service_desk.base.trust import trusted

from .access_fixture import AccessFixture
from .access_matrix import expected
from .attack_common import Attack, leaks

#: callers with and without a session
SENDERS = ("public", "plain", "portal2", "department2", "finance", "manager")
#: modules whose routes take no records, or end what the others need
LEFT = ("odoo.addons.water_", "odoo.addons.bus.", "odoo.addons.web_editor.")
ENDING = ("/web/session/", "/web/login", "/websocket", "/web/database", "/my/deactivate", "/doc")
#: Routes that get what they cannot read say so in the log.
QUIET = ("odoo.http", "odoo.sql_db", "odoo.models", "odoo.addons", "werkzeug")
WORDS = "GEHEIM-faden"
SAID = ["body", "author_id", "date", "attachment_ids", "subject", "res_id"]
#: Tables of Odoo in which something hangs on our records, and others that are no matter of ours.
HANGING = {
    "mail_message": "model",
    "mail_activity": "res_model",
    "mail_followers": "res_model",
    "ir_attachment": "res_model",
}
OTHERS = {"res_users", "account_move"}
FIELDS = ["display_name", "subject", "contact_name", "phone", "message_ids", "description"]

#: an attacker's values for parameters, for every case
GIVEN = {
    "fields": FIELDS,
    "field": "description",
    "post_data": {"body": "x", "partner_ids": [], "subtype_xmlid": "mail.mt_comment"},
    "update_data": {"body": "x", "attachment_ids": []},
    "reportname": "water_complaints.report_complaint",
    "converter": "html",
    "content": "👍",
    "action": "add",
    "values": {"subject": "x"},
    "method": "read",
    "kwargs": {},
    "emails": ["x@example.com"],
    "counters": ["complaint_count"],
    "is_internal": False,
    "known_member_ids": [],
    "message_link_preview_ids": [1],
    "followers_partner_ids": [1],
    "arch": "<form/>",
    **dict.fromkeys(("body", "access_token", "token", "hash"), "x"),
    **dict.fromkeys(("search_term", "term"), WORDS),
    **dict.fromkeys(("channel_id", "custom_id", "default_position"), 1),
}


@tagged("post_install", "-at_install")
class TestAttackRoutes(Attack, AccessFixture, ComplaintPeople, HttpCase):
    """Every route that Odoo's modules bring is asked about a case that is not the sender's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()
        cls._make_records()
        cls._mark_records()
        cls.inside = cls.enterClassContext(socket.create_server(("127.0.0.1", 0)))

    def _hang_on(self, case):
        """Records of a case, each with the words that must stay hidden."""
        case, todo = case.sudo(), self.env.ref("mail.mail_activity_data_todo")
        message = case.message_post(body=WORDS, subtype_xmlid="mail.mt_comment")
        file = self.env["ir.attachment"].create(
            {
                "name": f"{WORDS}.txt",
                "raw": WORDS.encode(),
                "res_model": case._name,
                "res_id": case.id,
            }
        )
        todo = case.activity_schedule(activity_type_id=todo.id, summary=WORDS)
        self.env.flush_all()
        return message, file, todo

    def _foreign_case(self, login):
        for situation in ("company", "restricted", "other", "own"):
            if "r" not in expected()["water.complaint"][situation].get(login, ""):
                return self.records["water.complaint", situation]
        return None

    def _rules(self):
        """Routes of Odoo's modules."""
        thread, name = threading.current_thread(), self.env.cr.dbname
        with patch.object(thread, "dbname", name, create=True):
            rules = list(self.env["ir.http"].routing_map().iter_rules())
        for rule in rules:
            if rule.endpoint.func.__module__.startswith(LEFT) or rule.rule.startswith(ENDING):
                continue
            yield rule

    def _values(self, case, message, file, todo):
        """{name of a parameter: what an attacker puts in}."""
        one = dict.fromkeys(("res_id", "thread_id", "id", "record_id", "docids"), case.id)
        named = dict.fromkeys(("model", "res_model", "thread_model", "model_name"), case._name)
        data = {
            "context": {},
            "ids": case.ids,
            "model": case._name,
            "domain": [["id", "=", case.id]],
        }
        data |= {"fields": [{"name": name, "label": name} for name in FIELDS], "groupby": []}
        data |= {"import_compat": False, "params": {}}
        request = ["messages", "followers", "attachments", "activities", "suggestedRecipients"]
        thread = {"thread_model": case._name, "thread_id": case.id, "request_list": request}
        inside = "http://{}:{}/x.png".format(*self.inside.getsockname())
        fetched = dict.fromkeys(("url", "preview_url", "video_url", "src", "endpoint"), inside)
        return {
            **GIVEN,
            **fetched,
            **one,
            **named,
            "message_id": message.id,
            "message_ids": message.ids,
            "attachment_id": file.id,
            "attachment_ids": file.ids,
            "file_ids": str(file.id),
            "activity_id": todo.id,
            "partner_id": case.partner_id.id,
            "partner_ids": case.partner_id.ids,
            "pid": case.partner_id.id,
            "follower_id": case.message_follower_ids[:1].id or 1,
            "fetch_params": [["mail.thread", thread], ["/mail/chatter_init", thread]],
            "domain": [["id", "=", case.id]],
            "data": json.dumps(data),
            "args": [case.ids, FIELDS],
            "context": {"default_res_id": case.id, "default_model": case._name},
        }

    def _given(self, rule, values):
        names = list(inspect.signature(inspect.unwrap(rule.endpoint.func)).parameters)[1:]
        return {name: values[name] for name in {*names, "thread_model"} if name in values}

    def _path(self, rule, values):
        """The address of a route with its parts filled in, or None."""
        parts = {name: values.get(name, "x") for name in rule.arguments}
        with suppress(Exception):
            return rule.build(parts)[1]
        with suppress(Exception):
            return rule.build({name: values.get(name, 1) for name in rule.arguments})[1]
        return None

    def _ask(self, rule, path, given):
        """Everything that a route answers."""
        if rule.endpoint.routing["type"] == "jsonrpc":
            with suppress(JsonRpcException, HTTPError):
                return self.make_jsonrpc_request(path, given)
            return None
        flat = {
            key: value if isinstance(value, str | int) else json.dumps(value)
            for key, value in given.items()
        }
        methods = rule.methods or {"GET", "POST"}
        answers = []
        if "GET" in methods:
            answers.append(self.url_open(path, params=flat, allow_redirects=False))
        if "POST" in methods:
            flat["csrf_token"] = Request.csrf_token(self)
            answers.append(self.url_open(path, data=flat, allow_redirects=False))
        return [(answer.text, list(answer.headers.values())) for answer in answers]

    def _log_in(self, login):
        self.authenticate(*([None, None] if login == "public" else [self.users[login].login] * 2))

    @mute_logger(*QUIET)
    def test_foreign_case(self):
        """No route shows the text there, none changes it, none fetches from the house."""
        rules = list(self._rules())
        self.assertGreater(len(rules), 150)
        for login in SENDERS:
            case = self._foreign_case(login)
            values = self._values(case, *self._hang_on(case))
            self._log_in(login)
            before = self._state_of_house()
            for rule in rules:
                path = self._path(rule, values)
                answer = path and self._ask(rule, path, self._given(rule, values))
                self.assertFalse(leaks(answer, "GEHEIM"), (login, path))
            self.assertEqual(self._state_of_house(), before, login)
        self.assertFalse(select.select([self.inside], [], [], 0)[0], "the server fetched from here")

    def _links_to_people(self, login):
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(self.users[login])
            if name.startswith("water.") or model._abstract or not model.has_access("create"):
                continue
            for field in model._fields.values():
                people = field.comodel_name in ("res.partner", "res.users")
                if people and field.type == "many2one" and field.store:
                    yield name, field

    @mute_logger(*QUIET)
    def test_nameable_people(self):
        """Naming a customer by id in another app's record does not show the name."""
        holder = self.users["portal1"]
        holder.partner_id.name = WORDS
        numbers, tried = {"res.partner": holder.partner_id.id, "res.users": holder.id}, []
        for login in ("plain", "portal2"):
            self.assertFalse(holder.partner_id.with_user(self.users[login]).has_access("read"))
            self._log_in(login)
            for model, field in self._links_to_people(login):
                tried.append(login)
                number = numbers[field.comodel_name]
                shown = {field.name: {"fields": {"display_name": {}}}, "display_name": {}}
                named = {"name": "x", field.name: number}
                begun = {"context": {f"default_{field.name}": number}}
                for call in (
                    {"method": "web_save", "args": [[], named, shown], "kwargs": {}},
                    {"method": "web_save", "args": [[], {"name": "x"}, shown], "kwargs": begun},
                    {"method": "create", "args": [[named]], "kwargs": {}},
                    {"method": "create", "args": [[{"name": "x"}]], "kwargs": begun},
                    {"method": "name_create", "args": ["x"], "kwargs": begun},
                    {"method": "onchange", "args": [[], named, [], shown], "kwargs": {}},
                    {"method": "onchange", "args": [[], {}, [], shown], "kwargs": begun},
                ):
                    answer = self._answer({"model": model, **call})
                    if call["method"] in ("create", "name_create") and answer:
                        answer = answer[:1]  # the name that the row itself was given is behind it
                        read = {"method": "web_read", "args": [answer, shown], "kwargs": {}}
                        answer = self._answer({"model": model, **read})
                    with self.subTest(login=login, model=model, field=field.name, call=call):
                        self.assertFalse(leaks(answer, WORDS))
        self.assertGreater(tried.count("plain"), 10)

    def _answer(self, call):
        with suppress(JsonRpcException):
            return self.make_jsonrpc_request("/web/dataset/call_kw", call)
        return None

    @mute_logger(*QUIET)
    def test_nameable_records(self):
        """A colleague is named as ever, and what a record has already stays in its form."""
        colleague, holder = (self.users[name].partner_id for name in ("agent", "portal1"))
        self._log_in("plain")
        letter = self.env["mail.compose.message"].with_user(self.users["plain"]).create({})
        save = {"model": letter._name, "method": "web_save", "kwargs": {}}
        for partner in (colleague, holder):
            if partner == holder:
                letter.sudo().author_id = holder
                self.env.flush_all()
            args = [letter.ids, {"author_id": partner.id}, {"author_id": {}}]
            answer = self._answer({**save, "args": args})
            self.assertEqual(answer, [{"id": letter.id, "author_id": partner.id}])

    def _state_of_house(self):
        """As :meth:`_state_of_database`, of our records: Odoo greets users who sign in."""
        found = self._state_of_database()
        ours = (
            "SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM %s t WHERE %s LIKE 'water.%%'"
        )
        for table, column in HANGING.items():
            query = SQL(ours, SQL.identifier(table), SQL.identifier(column))
            found[table] = self.env.execute_query(query)
        return {table: rows for table, rows in found.items() if table not in OTHERS}

    @mute_logger(*QUIET)
    def test_own_thread(self):
        """Handlers add to the thread of a case; existing messages and files stay."""
        case = self.records["water.complaint", "own"]
        _message, file, todo = self._hang_on(case)
        message = self._as("agent", case).message_post(body=WORDS)
        values = self._values(case, message, file, todo)
        self._log_in("agent")
        before = message.sudo().read(SAID), file.sudo().read(["name", "raw", "res_id"])
        for rule in self._rules():
            if rule.rule.startswith("/mail/"):
                path = self._path(rule, values)
                self._ask(rule, path, self._given(rule, values))
        self.env.invalidate_all()
        after = message.sudo().read(SAID), file.sudo().read(["name", "raw", "res_id"])
        self.assertEqual(after, before)

    @mute_logger(*QUIET)
    def test_posting_as_another(self):
        """Users post as themselves, now, here only, regardless of the values sent."""
        case, other = self.records["water.complaint", "own"], self.users["quality"].partner_id
        self._log_in("agent")
        me = self.users["agent"].partner_id
        false = {
            "author_id": other.id,
            "email_from": "x@example.com",
            "date": "2020-01-01 00:00:00",
        }
        context = {f"default_{name}": value for name, value in false.items()}
        context |= {"default_model": "water.inquiry", "default_res_id": 1, "default_create_uid": 2}
        for told in ({}, {"context": context}):
            begun = Datetime.now()
            answer = self.make_jsonrpc_request(
                "/mail/message/post",
                {
                    "thread_model": case._name,
                    "thread_id": case.id,
                    "post_data": {"body": "x", "subtype_xmlid": "mail.mt_note", **false},
                    **told,
                },
            )
            said = self.env["mail.message"].browse(answer["message_id"]).sudo()
            self.assertEqual((said.author_id, said.create_uid), (me, self.users["agent"]))
            self.assertEqual((said.model, said.res_id), (case._name, case.id))
            self.assertNotIn("x@example.com", said.email_from)
            self.assertGreaterEqual(said.date, begun)

    @mute_logger(*QUIET)
    def test_posting_by_ones_own_rights(self):
        """Odoo's route posts as superuser, with the same limits as the methods."""
        case = self.records["water.complaint", "own"]
        phrase = {"name": "爱办不办", "suggestion": "我来为您办", "severity": "block"}
        self.env["water.forbidden.phrase"].create(phrase)
        closed = self.users["department2"].partner_id
        said = {"body": "x", "subtype_xmlid": "mail.mt_comment"}
        row = {"model": case._name, "res_id": case.id, "body": "爱办不办"}
        row |= {"message_type": "comment", "subtype_id": self.env.ref("mail.mt_comment").id}
        self._log_in("agent")
        with self.assertRaises(JsonRpcException):
            self._post(case, {**said, "partner_ids": closed.ids})
        with self.assertRaises(JsonRpcException):
            self._post(case, {**said, "body": "爱办不办"})
        made = {"model": "mail.message", "method": "create", "args": [[row]], "kwargs": {}}
        self.assertIsNone(self._answer(made))
        self.assertTrue(self._post(case, {**said, "partner_ids": case.sudo().partner_id.ids}))
        trusted(case.sudo()).state = "archived"
        self.env.flush_all()
        with self.assertRaises(JsonRpcException):
            self._post(case, {**said, "message_type": "email"})

    def test_ready_answers_are_noted(self):
        """As by Odoo's own route: the last useful one is offered first."""
        values = {"source": "dd", "substitution": "您好，正在为您核实"}
        answer = self.env["mail.canned.response"].create(values)
        self._log_in("agent")
        said = {"body": answer.substitution, "subtype_xmlid": "mail.mt_comment"}
        case = self.records["water.complaint", "own"]
        self._post(case, said, canned_response_ids=[answer.id, True, "x", 10**9])
        self.assertTrue(answer.last_used)

    def _post(self, case, post_data, **also):
        about = {"thread_model": case._name, "thread_id": case.id, "post_data": post_data, **also}
        return self.make_jsonrpc_request("/mail/message/post", about)["message_id"]
