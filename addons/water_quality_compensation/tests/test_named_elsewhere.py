"""Rows of other apps do not reveal the name behind an id."""

import re
from unittest.mock import patch
from xmlrpc.client import Fault, dumps, loads

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.doors import Sent

ROWS, LINES = "account.analytic.account", "account.analytic.line"
SHOWN = {"partner_id": {"fields": {"display_name": {}}}}


@tagged("post_install", "-at_install")
class TestNamedElsewhere(ComplaintCommon, HttpCase):
    """An employee of another app with its rights only, and a customer who is closed to them."""

    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._new_user("clerk", "base.group_user,analytic.group_analytic_accounting")
        cls.holder = cls.users["portal1"].partner_id
        cls.holder.name = "GEHEIM"
        cls.plan = cls.env["account.analytic.plan"].create({"name": "x"})
        cls.begun = {"name": "x", "plan_id": cls.plan.id}
        cls.named = {**cls.begun, "partner_id": cls.holder.id}
        cls.env["ir.model.data"]._update_xmlids([{"xml_id": "x.holder", "record": cls.holder}])

    def setUp(self):
        super().setUp()
        self._complaint(partner_id=self.holder.id)
        self.rows = self.env[ROWS].with_user(self.clerk)
        self.assertFalse(self.holder.with_user(self.clerk).has_access("read"))

    def _refused(self, work):
        with self.assertRaisesRegex(AccessError, "you cannot see") as refused:
            work()
        self.assertNotIn("GEHEIM", str(refused.exception))

    def _call(self, model, method, *args, **kwargs):
        call = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.make_jsonrpc_request("/web/dataset/call_kw", call)

    @mute_logger("odoo.http", "odoo.addons.rpc.controllers")
    def test_older_interfaces(self):
        """Checks of the newer interface apply to the older ones, in both forms."""
        self.authenticate(None, None)
        who = [self.env.cr.dbname, self.clerk.id, self.clerk.login]
        row = self.rows.create(dict(self.begun))
        for method, args in (("create", [self.named]), ("write", [row.ids, self.named])):
            with self.subTest(method), self.assertRaisesRegex(Fault, "you cannot see"):
                self.xmlrpc_object.execute_kw(*who, ROWS, method, args)
            with self.subTest(method), self.assertRaisesRegex(Fault, "you cannot see"):
                self.xmlrpc_object.execute(*who, ROWS, method, *args)
            params = {"service": "object", "method": "execute_kw"}
            params |= {"args": [*who, ROWS, method, args]}
            answer = self.url_open("/jsonrpc", json={"params": params}).json()
            self.assertIn("you cannot see", answer["error"]["data"]["message"])
        made = self.xmlrpc_object.execute_kw(*who, ROWS, "create", [self.begun])
        self.assertEqual(self.rows.browse(made).plan_id.id, self.plan.id)

    def _older(self, model, method, args, database="nowhere", **named):
        """Asked with the name of a missing database: no addon is involved."""
        who = [self.env.cr.dbname, self.clerk.id, self.clerk.login]
        data = dumps((*who, model, method, args, named), "execute_kw", allow_none=True)
        headers = {"X-Odoo-Database": database, "Content-Type": "text/xml"}
        return loads(self.url_open("/xmlrpc/2/object", data=data, headers=headers).content)[0][0]

    @mute_logger("odoo.http", "odoo.addons.rpc.controllers")
    def test_past_the_database(self):
        """Older interfaces do not reveal names by id either."""
        with self.assertRaisesRegex(Fault, "you cannot see"):
            self._older(ROWS, "create", [self.named])
        self.assertTrue(self._older(ROWS, "create", [self.begun]))
        with self.assertRaisesRegex(Fault, "Name the database") as refused:
            self._older("water.inquiry", "search_read", [[["name", "=", {"a": 1}]], 5])
        self.assertNotIn("File", refused.exception.faultString)

    @mute_logger("odoo.http", "odoo.addons.rpc.controllers")
    def test_notice_to_earlier_callers(self):
        """Context keys have the same effect as in the newer one, on our models."""
        sent = {"active_test": False, "tracking_disable": True, "lang": "zh_CN"}
        for model, method, heard in (
            ("water.inquiry", "write", {"lang"}),
            ("water.inquiry", "search_read", {"lang", "active_test"}),
            (ROWS, "write", {*sent}),
        ):
            with (
                self.subTest(model=model, method=method),
                patch("odoo.service.model.call_kw", return_value=True) as called,
            ):
                self._older(model, method, [[], {}], self.env.cr.dbname, context=sent)
                self.assertEqual({*called.call_args.args[3]["context"]}, heard)

    @mute_logger("odoo.http")
    def test_defaults_of_call(self):
        """All ways of creating rows use the context's defaults."""
        self.authenticate(self.clerk.login, self.clerk.login)
        begun = {f"default_{name}": value for name, value in self.named.items()}
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self._call(ROWS, "name_create", "x", context=begun)
        self.assertTrue(
            self._call(ROWS, "name_create", "x", context={**begun, "default_partner_id": 0})
        )
        self._call(ROWS, "web_search_read", [], SHOWN, context=begun)

    @mute_logger("odoo.http")
    def test_numbers_beside_a_model(self):
        """Not by an id with its model beside it: an activity keeps the name of its record, and a
        user default is the other way.
        """
        todos, person = "mail.activity", self.env["ir.model"]._get_id("res.partner")
        self.authenticate(self.clerk.login, self.clerk.login)
        todo = self._call(todos, "create", {"summary": "x", "user_id": self.clerk.id})
        about = {"res_model_id": person, "res_id": self.holder.id}
        for values in (about, {**about, "res_id": str(self.holder.id)}):
            with self.subTest(values=values), self.assertRaisesRegex(JsonRpcException, "AccessErr"):
                self._call(todos, "write", [todo], values)
        self.env["ir.default"].set(todos, "res_id", self.holder.id, user_id=self.clerk.id)
        begun = {"summary": "x", "user_id": self.clerk.id, "res_model_id": person}
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self._call(todos, "create", begun)
        me = {"res_model_id": person, "res_id": self.clerk.partner_id.id}
        self.assertTrue(self._call(todos, "write", [todo], me))

    def test_extra_information_beside_name(self):
        """Reading a name in an own row does not give its address or mail."""
        self.holder.write({"email": "geheim@x.example", "street": "X 1", "vat": "GEHEIM7"})
        row = self.rows.create(dict(self.begun))
        row.sudo().partner_id = self.holder
        more = dict.fromkeys(("show_address", "show_email", "show_vat", "partner_show_db_id"), True)
        for keys in (more, {**more, "formatted_display_name": True}):
            self.env.invalidate_all()
            asking = row.with_context(**keys)
            asked = [asking.web_read(SHOWN), asking.read(["partner_id"])]
            asked.append(asking.formatted_read_group([], ["partner_id"], ["__count"]))
            asked.append(row.web_read({"partner_id": {**SHOWN["partner_id"], "context": keys}}))
            asked.append(asking.onchange({"partner_id": self.holder.id}, [], SHOWN))
            asked.append(asking.search_read([], ["partner_id"]))
            self.assertIn("GEHEIM", str(asked[0]))
            self.assertFalse(re.findall("geheim@|X 1|GEHEIM7", str(asked)))
        html = self.env["ir.qweb.field.contact"].with_user(self.clerk)
        printed = html.value_to_html(row.sudo().partner_id.with_user(self.clerk), {})
        self.assertIn("X 1", printed)

    def test_conditions_by_what_is_closed(self):
        """Nor can a search of own rows find out the hidden record."""
        self.holder.write({"email": "geheim@x.example", "phone": "13800001234"})
        row = self.rows.create(dict(self.begun))
        row.sudo().partner_id = self.holder
        for condition in (
            ("partner_id.phone", "like", "1380000"),
            ("partner_id", "any", [("email", "like", "geheim")]),
            ("partner_id", "like", "geheim@x"),
            ("partner_id.user_ids.login", "like", self.users["portal1"].login),
        ):
            mine = [("id", "=", row.id), condition]
            with self.subTest(condition):
                self.assertFalse(self.rows.search(mine))
                self.assertTrue(self.rows.sudo().search(mine))

    def test_own_defaults(self):
        """Nor can user defaults for new rows name any record."""
        defaults = self.env["ir.default"].with_user(self.clerk)
        with self.assertRaisesRegex(AccessError, "you cannot see"), self.env.cr.savepoint():
            defaults.set(ROWS, "partner_id", self.holder.id, True)
        self.env.registry.clear_cache()  # as a request that is refused does
        self.assertFalse(self.rows.onchange({}, [], SHOWN)["value"]["partner_id"])
        self.assertFalse(self.rows.create(dict(self.begun)).partner_id)

    def test_tables(self):
        """A table names by number, or by an identifier, whom its reader would not find."""
        names = ["name", "plan_id/.id"]
        for column, value in (
            ("partner_id/.id", str(self.holder.id)),
            ("partner_id/id", "x.holder"),
        ):
            done = self.rows.load([*names, column], [["x", str(self.plan.id), value]])
            with self.subTest(column):
                self.assertFalse(done["ids"])
                self.assertIn("you cannot see", done["messages"][0]["message"])
        self.assertTrue(self.rows.load(names, [["x", str(self.plan.id)]])["ids"])

    def test_cases_from_mails(self):
        """Nor can a row made by a mail to an alias."""
        told = {"alias_defaults": str({"partner_id": self.holder.id})}
        model = self.env["ir.model"]._get_id(ROWS)
        aliases = self.env["mail.alias"].with_user(self.clerk).sudo()
        alias = aliases.create({"alias_name": "x", "alias_model_id": model})
        self._refused(lambda: alias.write(told))
        self._refused(lambda: aliases.create({"alias_model_id": model, **told}))
        admin = self.env.ref("base.user_admin")
        self.assertTrue(alias.with_user(admin).write(told))

    def test_row_that_is_closed_as_well(self):
        """Data of such a row does not show the name."""
        other = self.env[ROWS].create({**self.named, "company_id": self.company2.id})
        self._refused(
            lambda: Sent(self.rows.browse(other.ids)).onchange(dict(self.named), [], SHOWN)
        )

    def test_work_goes_on(self):
        """A record readable in one row may be named in the next."""
        self._refused(lambda: Sent(self.rows).web_save(dict(self.named), SHOWN))
        row = self.env[ROWS].create(dict(self.named))
        said = [{"partner_id": {"id": self.holder.id, "display_name": "GEHEIM"}}]
        self.assertEqual(
            self.rows.browse(row.ids).web_read(SHOWN)[0]["partner_id"], said[0]["partner_id"]
        )
        self.assertTrue(Sent(self.rows).web_save({**self.named, "name": "y"}, SHOWN))
        lines = self.env[LINES].with_user(self.clerk)
        line = {"name": "x", "account_id": row.id, "partner_id": self.holder.id}
        self._refused(lambda: Sent(lines).web_save(dict(line), SHOWN))
        for context in ({"active_model": [ROWS], "active_id": row.id}, {"active_model": ROWS}):
            self._refused(
                lambda context=context: Sent(lines.with_context(**context)).web_save(
                    dict(line), SHOWN
                )
            )
        come = Sent(lines.with_context(active_model=ROWS, active_id=row.id))
        self.assertTrue(come.web_save(dict(line), SHOWN))
