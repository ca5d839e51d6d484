import threading
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import product
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon, ComplaintPeople
from odoo.addons.water_service_desk.base.tests.attempts import attempts
from odoo.addons.water_service_desk.base.tests.doors import call_kw

from .access_fixture import CASES, AccessFixture
from .attack_common import GENERIC, IS_LONG, Attack, arguments, leaks, marker, of_model
from .attack_hidden import AttackHidden
from .attack_links import AttackLinks
from .attack_own import AttackOwn
from .attack_sequences import AttackSequences
from .test_hostile import HOSTILE

#: attackers of others' records
STAFF = ("department2", "agent", "finance")
ATTACKERS = ("public", "plain", "portal1", "portal2", "integration", *STAFF)
#: attackers over HTTP, which is slow: the others meet the same guards in the ORM
SENDERS = ("public", "portal2", "department2", "integration", "finance")
#: results of invalid arguments; over HTTP an answer, and never a change
REFUSED = (UserError, TypeError, ValueError, KeyError, AttributeError, NotImplementedError)

#: The share of calls on closed records that may end otherwise than in an error of access.
MOST_UNREFUSED = 0.16


@tagged("post_install", "-at_install")
class TestAttack(
    AttackHidden, AttackLinks, AttackOwn, AttackSequences, Attack, AccessFixture, ComplaintCommon
):
    """All users call every public method on every record that they cannot read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["public"] = cls.env.ref("base.public_user")
        for login in ("plain", *STAFF):  # exports are refused for their records
            cls.users[login].group_ids += cls.env.ref("base.group_allow_export")
        cls._make_records()
        cls._mark_records()

    def _try(self, login, record, name, args):
        """The answer of one call, or None when it is refused."""
        mine = self._hostile(login)[record._name]
        try:
            with self.tried.attempt(keep=True):
                kwargs = {"context": dict(mine.env.context)}
                answer = call_kw(mine, name, [record.ids, *args], kwargs)
            self.outcomes["answered", name] += 1
            return answer
        except AccessError:
            self.outcomes["refused", name] += 1
        except REFUSED:
            self.outcomes["wrong", name] += 1
        return None

    def _hostile(self, login):
        """The environment of an attacker."""
        return self.env(user=self.users[login], context={**self.env.context, **HOSTILE})

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_foreign_records(self):
        """Neither a leak nor a change, for any method and context."""
        before = self._state_of_database()
        calls, self.outcomes = 0, Counter()
        for turn, login in enumerate(ATTACKERS):
            for record, situation in self._victims(login):
                words = marker(record._name, situation)
                with attempts(self.env) as self.tried:
                    for name, args in self._methods_in_turn(record, turn):
                        answer = self._try(login, record, name, args)
                        calls += 1
                        self.assertFalse(leaks(answer, words), (login, record, situation, name))
                self.env.invalidate_all()
        self.assertGreater(calls, 5000)
        other = sum(count for (how, _name), count in self.outcomes.items() if how != "refused")
        self.assertLess(other / calls, MOST_UNREFUSED, "a wrongly built call is no refusal")
        self.assertUnchanged(before)

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_whole_models(self):
        """Searching, counting, grouping and exporting show no records of others."""
        before = self._state_of_database()
        for login in ATTACKERS:
            hidden = defaultdict(list)
            for record, situation in self._victims(login):
                hidden[record._name].append(marker(record._name, situation))
            for model, words in hidden.items():
                mine = self.env[model].with_user(self.users[login])
                with attempts(self.env) as tried:
                    for name, args in self._methods_of_model(mine, login):
                        with suppress(*REFUSED), tried.attempt(keep=True):
                            answer = call_kw(mine, name, args, {})
                            self.assertFalse([word for word in words if leaks(answer, word)], name)
                self.env.invalidate_all()
        self.assertUnchanged(before)

    def test_marks_are_seen_by_their_readers(self):
        """The marks can be found: an agent reads them in an own case."""
        case, self.outcomes = self.records["water.complaint", "own"], Counter()
        with attempts(self.env) as self.tried:
            answer = self._try("agent", case, "read", [["subject"]])
            self.assertTrue(leaks(answer, marker("water.complaint", "own")))
            self._try("agent", case, "write", [{"plan": "x"}])
            before = self._state_of_database()
            self._try("agent", case, "write", [{"plan": "y"}])
        self.assertNotEqual(self._state_of_database(), before)


@tagged("post_install", "-at_install")
class TestAttackHttp(Attack, AccessFixture, ComplaintPeople, HttpCase):
    """The same through every door of the server: routes, JSON-RPC and the bearer interface."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()
        cls.company.water_portal_per_user = 0  # every attempt is to get as far as it can
        # a test opens no cursor of its own in a page that only reads; counting is tested elsewhere
        calls = cls.env.registry["water.api.call"]
        cls.startClassPatcher(patch.object(calls, "_count", lambda *_args: None))
        cls._make_records()
        cls._mark_records()

    def _log_in(self, login):
        self.authenticate(*([None, None] if login == "public" else [self.users[login].login] * 2))

    def _routes(self):
        """Every path of ours with the case's number filled in, and the methods it takes."""
        thread, name = threading.current_thread(), self.env.cr.dbname
        with patch.object(thread, "dbname", name, create=True):
            rules = list(self.env["ir.http"].routing_map().iter_rules())
        for rule in rules:
            module = rule.endpoint.func.__module__
            if module.startswith("odoo.addons.water_"):
                yield rule

    def _paths(self, rule, record):
        """Paths of ``rule`` about ``record``: each choice once, numbers are the record's."""
        choices = {}
        for name in rule.arguments:
            converter = rule._converters.get(name)
            items = getattr(converter, "items", None) or getattr(converter, "_items", None)
            choices[name] = sorted(items) if items else [record.id]
        for values in product(*choices.values()):
            adapter = dict(zip(choices, values, strict=True))
            with suppress(Exception):
                yield rule.build(adapter)[1]

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_http", "werkzeug")
    def test_routes(self):
        """Pages of others are not found, for any user, without a server error."""
        before = self._state_of_database()
        rules = list(self._routes())
        self.assertGreater(len(rules), 10)
        for login in SENDERS:
            self._log_in(login)
            words = defaultdict(set)  # a page without a number is the same for every case
            for record, situation in self._first_victims(login):
                if record._name in CASES:
                    hidden = {marker(name, at) for name, at in self.records if at == situation}
                    for path in {path for rule in rules for path in self._paths(rule, record)}:
                        words[path] |= hidden
            for path in self._turns_of_paths(login, sorted(words)):
                self._try_route(login, path, words[path])
        self.assertUnchanged(before)

    def _turns_of_paths(self, login, paths):
        if IS_LONG or login == "public":
            return paths
        others = [sender for sender in SENDERS if sender != "public"]
        return paths[others.index(login) :: len(others)]

    def _try_route(self, login, path, words):
        """Look at, and send a form to, a page that may show none of ``words``."""
        for data in (None, {"body": "x", "reason": "x", "csrf_token": "x"}):
            with self.subTest(login=login, path=path, post=bool(data)):
                answer = self.url_open(path, data=data, allow_redirects=False)
                self.assertLess(answer.status_code, 500)
                self.assertFalse([word for word in words if word in answer.text])

    def _turns(self, login, record, generic):
        """Names of the methods that ``login`` calls on ``record`` over HTTP.

        The ORM tests cover all users; here everyone calls the generic methods, and one user each of
        the others, all users in the long form.
        """
        turn = SENDERS.index(login)
        own = self._own_methods(record)
        return [*generic, *(own if IS_LONG else own[turn % len(SENDERS) :: len(SENDERS)])]

    def _share(self, login):
        """The foreign records that ``login`` tries: all cases, and of the rest every other one.

        The next sender tries the others; all of them in the long form.
        """
        turn = SENDERS.index(login)
        for number, (record, situation) in enumerate(self._first_victims(login)):
            if IS_LONG or record._name in CASES or (number + turn) % 2:
                yield record, situation

    def _remote(self, model, name, args):
        params = {"model": model, "method": name, "args": args, "kwargs": {"context": HOSTILE}}
        with suppress(JsonRpcException):
            return self.make_jsonrpc_request(f"/web/dataset/call_kw/{model}/{name}", params)
        return None

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_json_rpc(self):
        """Console access in the browser reaches no records of others."""
        before = self._state_of_database()
        for login in SENDERS:
            self._log_in(login)
            for record, situation in self._share(login):
                words = marker(record._name, situation)
                known = dict(self._methods(record))
                generic = ("read", "write", "unlink", "export_data")
                if not (IS_LONG or record._name in CASES):
                    generic = ("read", "write")
                for name in self._turns(login, record, generic):
                    answer = self._remote(record._name, name, [record.ids, *known.get(name, [])])
                    self.assertFalse(leaks(answer, words), (login, record, name))
        self.assertUnchanged(before)

    def _key(self, login):
        with self.enter_registry_test_mode():
            user = self.users[login]
            keys = self.env["res.users.apikeys"].with_user(user)
            return keys._generate("rpc", "attack", datetime.now() + timedelta(days=1))

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.models", "odoo.addons.rpc")
    def test_bearer(self):
        """API keys give no further access, for any user."""
        before = self._state_of_database()
        for login in SENDERS:
            if login == "public":
                continue  # has no key
            headers = {"Authorization": f"bearer {self._key(login)}"}
            for record, situation in self._share(login):
                words = marker(record._name, situation)
                generic = ("read", "write", "unlink") if record._name in CASES else ("read",)
                for name in self._turns(login, record, generic):
                    answer = self.url_open(
                        f"/json/2/{record._name}/{name}",
                        json={**self._named(record, name), "context": HOSTILE},
                        headers=headers,
                    )
                    with self.subTest(login=login, record=record, method=name):
                        self.assertNotIn(words, answer.text)
        self.assertUnchanged(before)

    def _named(self, record, name):
        ids = {} if of_model(record, name) else {"ids": record.ids}
        if name in GENERIC:
            return ids | ({"vals": {"subject": "x"}} if name == "write" else {})
        return ids | arguments(getattr(type(record), name))
