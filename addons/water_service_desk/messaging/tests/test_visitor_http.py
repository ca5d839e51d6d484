"""Addresses fetched for others, and still fetched for staff and other apps."""

from types import SimpleNamespace
from unittest.mock import patch

import requests
from requests.adapters import HTTPAdapter

from odoo import api
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .. import visitor_http
from ..models.water_gateway import ALLOWED_KEY
from .common import MessageCommon


@tagged("post_install", "-at_install")
class TestVisitorHttp(MessageCommon):
    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param(ALLOWED_KEY, False)
        self.session = self.enterContext(requests.Session())

    def _fetched(self, login):
        env = api.Environment(self.env.cr, login and self.users[login].id, {})
        request = SimpleNamespace(env=env, db=env.cr.dbname, registry=env.registry)
        with patch.object(visitor_http, "request", request):
            try:
                return self.session.get(self.server.url, timeout=1).ok
            except requests.ConnectionError:
                return False

    def test_acting_user(self):
        """Strangers and customers cannot reach internal ones; staff and sign-in can as before."""
        portal = new_test_user(self.env, "visitor", groups="base.group_portal")
        self.users.update(visitor=portal, public=self.env.ref("base.public_user"))
        for login, reached in {"visitor": 0, "public": 0, "agent": 1, None: 1}.items():
            with self.subTest(login=login):
                self.assertEqual(self._fetched(login), bool(reached))
        self.assertTrue(self.session.get(self.server.url, timeout=1).ok)  # a scheduled action
        self.env["ir.config_parameter"].set_param(ALLOWED_KEY, "127.0.0.1")
        self.assertTrue(self._fetched("visitor"))

    def test_named_by_the_staff(self):
        """Link previews and push are fetched from outside addresses only."""
        previews = self.env["mail.link.preview"]
        self.assertFalse(previews._search_or_create_from_url(self.server.url))
        self.assertFalse(self.server.requests)
        with visitor_http.guarding(self.env), self.assertRaises(requests.ConnectionError):
            self.session.get(self.server.url)
        self.assertTrue(self.session.get(self.server.url, timeout=1).ok)

    def test_retries_of_other_apps(self):
        """A guarded adapter tries as often as the one in whose place it stands."""
        self.session.mount("http://", HTTPAdapter(max_retries=3, pool_maxsize=2))
        with visitor_http.guarding(self.env):
            guarded = self.session.get_adapter(self.server.url)
        self.assertEqual((guarded.max_retries.total, guarded._pool_maxsize), (3, 2))
        self.assertIs(type(self.session.get_adapter(self.server.url)), HTTPAdapter)
