"""A customer's pages for others: they look like missing ones."""

import re
import threading
from contextlib import suppress
from itertools import product
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.water_complaints.complaint.tests.common import ComplaintPeople
from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.portal.tests.common import PortalCase

from .attack_common import Attack

WORDS = "张伟的水表"
NOWHERE = 10**8
#: differences between equal answers: CSRF tokens, numbers, times
CHANGING = re.compile(r"[0-9a-f]{20,}o?\d*|nonce[-=]\S+|again=[\w-]+|\d+")
#: visitors; the first is no customer
STRANGERS = ("public", "portal2", "revoked", "elsewhere", "twin")
FORM = {"body": "x", "reason": "x", "answer": "yes", "rating": "5", "appeal_reason": "x"}


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPortalStrangers(Attack, ComplaintPeople, PortalCase):
    """Every page with a number or word in its address, for other customers and for missing ones."""

    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.water_portal_per_user = 0  # every attempt is to get as far as it can
        portal = {"groups": "base.group_portal", "lang": "en_US"}
        elsewhere = {**portal, "company_id": cls.company2.id, "email": "e@example.com"}
        twin = {**portal, "email": "t@example.com"}
        revoked = {**portal, "email": "r@example.com"}
        cls.users |= cls._new_users({"revoked": revoked, "elsewhere": elsewhere, "twin": twin})
        cls._make_twin(cls.users["twin"].partner_id)
        cls.owner = {"partner_id": cls.customer.id, "account_id": cls.account.id}
        cls._name_and_revoke(cls.users["revoked"].partner_id)

    @classmethod
    def _make_twin(cls, partner):
        """The same customer entered again with a login: an unproved duplicate."""
        known = cls.customer
        partner.write({name: known[name] for name in ("name", "phone", "street", "email")})

    @classmethod
    def _name_and_revoke(cls, partner):
        rights = {"sees_cases": True, "files_cases": True, "sees_bills": True}
        values = {"account_id": cls.account.id, "holder_id": cls.customer.id, "name": "x"}
        values |= {"partner_id": partner.id, "state": "active", "date_from": "2026-01-01"}
        rows = trusted(cls.env["water.account.delegate"])
        cls.delegation = rows.create({**values, **{n: v for n, v in rights.items() if n in rows}})
        cls.delegation._end("revoked", "revoked")

    # -- own records ------------------------------------------------------------------------------

    def _cases(self):
        """One of each kind, and complaints that have come to an end or are told in confidence."""
        told = {"subject": WORDS, "description": WORDS, **self.owner}
        archived = self._complaint_at("callback", **told)
        request = self.env["water.request"].create(self._request_values(**told))
        cases = [
            self._complaint("agent", is_confidential=True, **told),
            archived,
            self._inquiry(**told),
            request.with_env(self.env),
        ]
        for case in cases:
            file = {"name": f"{WORDS}.txt", "raw": WORDS.encode(), "res_id": case.id}
            file = self.env["ir.attachment"].create({**file, "res_model": case._name})
            trusted(case.sudo()).published_attachment_ids = file
        self._step_archived(archived, "agent", self.net)
        self.env.cr.flush()
        return cases

    def _rules(self):
        """Our routes with something in their address."""
        thread, name = threading.current_thread(), self.env.cr.dbname
        with patch.object(thread, "dbname", name, create=True):
            rules = list(self.env["ir.http"].routing_map().iter_rules())
        for rule in rules:
            module = rule.endpoint.func.__module__
            if module.startswith("odoo.addons.water_") and rule.arguments:
                yield rule

    def _is_about(self, login, rule, case, cases):
        """Whether a route is of the kind of this case; those of none go with the first one."""
        if "/my/delegates/" in rule.rule and login == "revoked":
            return False  # own ones
        kinds = {one._portal_url for one in cases if f"{one._portal_url}/" in rule.rule}
        return case._portal_url in kinds if kinds else case == cases[0]

    def _paths(self, rule, case, number):
        """Paths of a rule: each choice once; numbers are those of the case, its file, or none."""
        values = {}
        for name in rule.arguments:
            converter = rule._converters.get(name)
            items = getattr(converter, "items", None) or getattr(converter, "_items", None)
            values[name] = sorted(items) if items else [number or self._number(rule, name, case)]
        for chosen in product(*values.values()):
            with suppress(Exception):
                yield rule.build(dict(zip(values, chosen, strict=True)))[1]

    def _number(self, rule, name, case):
        if name in ("attachment_id", "file_id"):
            return case.sudo().published_attachment_ids.id
        others = {"/my/delegates/": self.delegation, "/my/accounts/": self.account}
        found = [row for path, row in others.items() if path in rule.rule]
        return (found or [case])[0].id

    # -- asked ------------------------------------------------------------------------------------

    def _asked(self, path, is_post):
        """``(status, what it says)`` of a page."""
        answer = self.post(path, FORM) if is_post else self.get(path)
        leads_to = answer.headers.get("Location", "")
        text = CHANGING.sub("", f"{leads_to} {answer.text}")
        self.assertLess(answer.status_code, 500, path)
        self.assertNotIn(WORDS, answer.text, path)
        return answer.status_code, text

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_http", "werkzeug")
    def test_records_of_others_are_missing(self):
        """No error, no difference between missing and closed, and nothing written."""
        cases, rules = self._cases(), list(self._rules())
        self.assertGreater(len(rules), 20)
        before, asked = self._state_of_database(), 0
        for login in STRANGERS:
            self.authenticate(*([None] * 2 if login == "public" else [f"water_{login}"] * 2))
            for case, rule in product(cases, rules):
                if not self._is_about(login, rule, case, cases):
                    continue
                paths = (self._paths(rule, case, number) for number in (0, NOWHERE))
                pairs = zip(*paths, strict=True)
                for (path, nowhere), is_post in product(pairs, (False, True)):
                    asked += 1
                    with self.subTest(login=login, path=path, post=is_post):
                        self.assertEqual(self._asked(path, is_post), self._asked(nowhere, is_post))
        self.assertGreater(asked, 500)
        self.assertUnchanged(before)
