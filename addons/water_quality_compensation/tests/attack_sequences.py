"""Attacks in several steps, with Odoo's own models as tools, and by people with two roles.

Mixed into the class that has the fixture and its marks: no set-up of its own.
"""

from contextlib import suppress
from itertools import combinations, product

from psycopg2 import Error

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.tests.doors import call_kw

from .access_matrix import expected
from .attack_common import leaks, marker

#: Roles that one person may have together.
PAIRED = ("agent", "department2", "quality", "finance", "supervisor", "integration")
#: callers of the sequences: all staff, portal users and the public
TOOLED = ("plain", "portal1", "integration", "department2", "agent", "finance", "quality")
#: Odoo's own models that may speak of a case: what points to it, and what else a row needs.
POINTING = {
    "ir.attachment": ("res_model", {"name": "x.txt", "raw": "eA=="}),
    "mail.message": ("model", {"body": "x", "message_type": "comment"}),
    "mail.activity": ("res_model", {"summary": "x"}),
    "mail.followers": ("res_model", {}),
    "mail.scheduled.message": ("model", {"body": "x", "scheduled_date": "2026-12-01 00:00:00"}),
    "mail.notification": (None, {}),
    "mail.mail": ("model", {"body_html": "x"}),
    "mail.tracking.value": (None, {}),
    "bus.bus": (None, {"channel": "x", "message": "x"}),
    "discuss.channel": (None, {"name": "x"}),
    "ir.filters": (None, {"name": "x"}),
    "res.users.settings": (None, {}),
    "ir.exports": (None, {"name": "x"}),
}
#: Where a letter is written out, and the field in which it stands then.
LETTERS = {"mail.template.preview": "body_html", "mail.compose.message": "body"}
#: users cannot change their own identity
SELF = ("group_ids", "company_ids", "water_department_ids", "water_channel_ids", "active")


class AttackSequences:
    """Create, link and read; act between two changes; two roles in one person."""

    def _does(self, login, model, method, *args, context=None):
        """Return the caller's answer; None for a refusal, which is rolled back."""
        mine = self.env[model].with_user(self.users[login])
        faults = (UserError, Error, TypeError, ValueError, KeyError)
        with suppress(*faults), self.env.cr.savepoint():
            answer = call_kw(mine, method, list(args), {"context": context or {}})
            mine.env.flush_all()  # pending computations run with this user's rights
            return answer
        self.env.clear()
        return None

    def _foreign_case(self, login):
        """A case that ``login`` may not read, of the kind with the strictest rules first."""
        for situation in ("company", "restricted", "other", "own"):
            cells = expected()["water.complaint"][situation]
            if "r" not in cells.get(login, ""):
                return self.records["water.complaint", situation], situation
        return self.records["water.complaint", "company"], "company"

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_pointing_to_a_foreign_case(self):
        """Files, messages, activities and followers cannot be added to, or moved to, an
        invisible case, nor read there.
        """
        for login in TOOLED:
            case, situation = self._foreign_case(login)
            words, ours = marker(case._name, situation), self.env["ir.model"]._get_id(case._name)
            for model, (link, values) in POINTING.items():
                if link is None:
                    continue
                with self.subTest(login=login, model=model):
                    before = self._pointing(model, link, case)
                    there = {link: case._name, "res_id": case.id}
                    made = self._does(login, model, "create", {**values, **there})
                    mine = {"user_id": self.users[login].id} if model == "mail.activity" else {}
                    elsewhere = self._does(login, model, "create", {**values, **mine})
                    for way in (there, {f"{link}_id": ours, "res_id": case.id}):
                        if elsewhere and {*way} <= {*self.env[model]._fields}:
                            self._does(login, model, "write", [elsewhere], way)
                    self.assertEqual(self._pointing(model, link, case), before, made)
                    domain = [(link, "=", case._name), ("res_id", "=", case.id)]
                    for way in ("search_read", "web_search_read"):
                        spec = ({"display_name": {}},) if way == "web_search_read" else ()
                        found = self._does(login, model, way, domain, *spec)
                        self.assertFalse(leaks(found, words), way)

    def _pointing(self, model, link, case):
        """How many rows of a model of Odoo's own belong to a case."""
        domain = [(link, "=", case._name), ("res_id", "=", case.id)]
        return self.env[model].sudo().with_context(active_test=False).search_count(domain)

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_reading_through_odoo(self):
        """No model of Odoo's own shows the words of cases that are closed to its reader."""
        for login in TOOLED:
            words = [
                marker(name, where)
                for (name, where) in self.records
                if name in ("water.complaint", "water.inquiry", "water.request")
                and "r" not in expected()[name][where].get(login, "")
            ]
            for model in POINTING:
                answer = self._does(login, model, "search_read", [])
                with self.subTest(login=login, model=model):
                    self.assertFalse([word for word in words if leaks(answer, word)])

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_a_foreign_file_by_way_of_an_own_case(self):
        """Create, link, publish, read: a file of a closed case comes out of no other."""
        mine = self.records["water.complaint", "own"]
        foreign = self.records["water.complaint", "restricted"]
        file = self.env["ir.attachment"].create(
            {"name": "x.txt", "raw": b"GEHEIM", "res_model": foreign._name, "res_id": foreign.id}
        )
        link = [Command.link(file.id)]
        for login in ("agent", "department", "portal1", "plain", "finance"):
            for step in (
                ("write", [mine.ids, {"published_attachment_ids": link}]),
                ("message_post", [mine.ids], {"attachment_ids": file.ids, "body": "x"}),
            ):
                kwargs = step[2] if len(step) > 2 else {}
                records = self.env[mine._name].with_user(self.users[login])
                with suppress(UserError, TypeError), self.env.cr.savepoint():
                    call_kw(records, step[0], step[1], kwargs)
                    self.env.flush_all()
                with self.subTest(login=login, step=step[0]):
                    self.assertNotIn(file, mine.sudo().published_attachment_ids)
                    self.assertNotIn(file, mine.sudo().message_ids.attachment_ids)
                    self.assertEqual(file.res_id, foreign.id)
            read = self._does(login, "ir.attachment", "read", file.ids, ["raw", "datas"])
            self.assertFalse(read, login)

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_a_letter_of_ones_own(self):
        """No remote caller has a template write as the system into a case's thread, send its files
        on or tell its customer something; letters of other apps go on.
        """
        case, mails = self.records["water.complaint", "restricted"], self.env["mail.mail"].sudo()
        template = self.env["mail.template"].search([("model", "=", "res.users")], limit=1)
        ours = self.env["mail.template"].search([("model", "=", case._name)], limit=1)
        file = self.env["ir.attachment"].create(
            {"name": "x", "raw": b"x", "res_model": case._name, "res_id": case.id}
        )
        to = {"model": case._name, "res_id": case.id}
        falsehoods = (to, {"child_ids": [Command.create(to)]}, {"attachment_ids": [(4, file.id)]})
        newest = mails.search([], limit=1, order="id desc").id
        for login in TOOLED:
            me = self.users[login].id
            for false in falsehoods:
                batch = ([template.id], [me], False, False, {**false, "email_to": "x@example.com"})
                does = self._does(login, "mail.template", "send_mail_batch", *batch)
                reads = false == falsehoods[2] and case.with_user(me).has_access("read")
                self.assertEqual(bool(does), reads, (login, false))
            self.assertIsNone(self._does(login, "mail.template", "send_mail", [ours.id], case.id))
        self.assertFalse(mails.search([("id", ">", newest), ("model", "!=", "res.users")]))
        kept = (False, False, {"subject": "x"})
        self.assertTrue(self._does("plain", "mail.template", "send_mail", [template.id], me, *kept))

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_a_letter_by_post(self):
        """Odoo prints letters as superuser: no user can have a case or address printed that is
        only named by its id, not even through another record first.
        """
        thread = self.env.ref("mail.channel_all_employees")
        for login in ("plain", "finance", "department2", "agent"):
            case, _situation = self._foreign_case(login)
            me, other = self.users[login].partner_id, self.users["portal2"].partner_id
            closed = not other.with_user(self.users[login]).has_access("read")
            letter = {"model": thread._name, "res_id": thread.id, "partner_id": me.id}
            to = {"model": case._name, "res_id": case.id}
            made = self._does(login, "snailmail.letter", "create", [letter])
            with self.subTest(login=login):
                self.assertTrue(made)
                for false in (to, {"partner_id": other.id})[: 1 + closed]:
                    self.assertIsNone(
                        self._does(login, "snailmail.letter", "create", letter | false)
                    )
                    self.assertIsNone(self._does(login, "snailmail.letter", "write", made, false))

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.mail.models.mail_render_mixin")
    def test_a_letter_shows_no_closed_case(self):
        """Neither the preview of a letter nor the window for a mail writes out closed records."""
        for login in TOOLED:
            case, situation = self._foreign_case(login)
            words = (marker(case._name, situation), case.name)
            letters = self.env["mail.template"].search([("model", "=", case._name)], limit=4)
            for letter, (model, body) in product(letters.ids, LETTERS.items()):
                about = {"mail_template_id": letter, "resource_ref": f"{case._name},{case.id}"}
                mail = {"template_id": letter, "model": case._name, "res_ids": str(case.ids)}
                values = about if "preview" in model else mail
                self.env.flush_all()
                self.env.invalidate_all()  # records read before are not refused
                seen = {"subject": {}, body: {}}
                found = self._does(login, model, "web_save", [], values, seen)
                with self.subTest(login=login, model=model, letter=letter):
                    self.assertFalse([word for word in words if leaks(found, word)])

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_a_letter_reckons_nothing(self):
        """Letter templates could reveal hidden data: writing them needs the right of template
        editors, which no one here has.
        """
        case, number = self.records["water.complaint", "own"], "{{ object.sudo().phone }}"
        words = '<p><t t-out="object.sudo().phone"/></p>'
        model = self.env["ir.model"]._get_id(case._name)
        template = {"name": "x", "model_id": model}
        window = {"model": case._name, "res_ids": str(case.ids), "composition_mode": "mass_mail"}
        case.sudo().phone = "13700009999"
        for login in (*TOOLED, "supervisor", "manager"):
            self.assertFalse(self.users[login].has_group("mail.group_mail_template_editor"), login)
            for said in ({"subject": number}, {"body_html": words}, {"water_short_text": number}):
                with self.subTest(login=login, said=said):
                    made = self._does(login, "mail.template", "create", template | said)
                    self.assertFalse(made)
            for said in ({"subject": number}, {"body": words}):
                letter = self._does(login, "mail.compose.message", "create", window | said)
                letter and self._does(login, "mail.compose.message", "action_send_mail", letter)
                with self.subTest(login=login, said=said):
                    told = case.sudo().message_ids
                    told = f"{told.mapped('subject')}{told.mapped('body')}"
                    self.assertNotIn("13700009999", told)

    def test_defaults_of_ones_own(self):
        """Set a default, let the service act: what the system makes has none of it."""
        now = "2020-01-01 00:00:00"
        wanted = {
            ("water.deadline", "met_at"): now,
            ("water.deadline", "breached_at"): now,
            ("water.dispatch", "accepted_at"): now,
            ("water.complaint", "readback_at"): now,
            ("water.complaint", "archived_at"): now,
        }
        for (model, name), value in wanted.items():
            self._does("agent", "ir.default", "set", model, name, value, True)
        complaint, case = self._complaint("agent"), self._inquiry("agent")
        self._dispatch(case)
        clocks = complaint.deadline_ids | case.deadline_ids
        self.assertTrue(clocks)
        self.assertFalse(any(clocks.mapped("breached_at")))
        self.assertNotIn(now, [str(clock.met_at) for clock in clocks])
        self.assertFalse(complaint.readback_at or complaint.archived_at)
        self.assertFalse(self._lead(case).accepted_at)
        self.assertWhole(complaint)

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_follower_of_foreign_case(self):
        """Followers do not reveal a closed case or its customer."""
        followers = self.env["mail.followers"]
        for login in ("agent", "department2", "quality", "foreign", "finance", "plain"):
            case, _situation = self._foreign_case(login)
            case.message_subscribe(partner_ids=self.users["portal2"].partner_id.ids)
            rows = followers.search([("res_model", "=", case._name), ("res_id", "=", case.id)])
            self.assertTrue(rows)
            named = [("id", "in", rows.ids)]
            for way in (
                ("search_read", named, ["name", "email"]),
                ("web_search_read", named, {"name": {}}),
                ("name_search", "", named),
                ("search_count", named),
                ("read", rows.ids, ["name", "email", "res_id"]),
                ("web_read", rows.ids, {"display_name": {}}),
                ("export_data", rows.ids, ["name"]),
                ("formatted_read_group", named, ["res_id"], ["__count"]),
            ):
                found = self._does(login, followers._name, *way)
                if isinstance(found, dict):
                    found = found.get("records") or found.get("datas")
                with self.subTest(login=login, way=way[0]):
                    self.assertFalse(found)

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_own_identity(self):
        """Users cannot give themselves a role, department or company, not even briefly."""
        for login in TOOLED:
            user = self.users[login]
            for name in SELF:
                before = user.sudo()[name]
                value = False if name == "active" else [Command.link(1), Command.link(2)]
                self._does(login, "res.users", "write", user.ids, {name: value})
                self._does(login, "res.users", "web_save", user.ids, {name: value}, {})
                user.invalidate_recordset()
                with self.subTest(login=login, name=name):
                    self.assertEqual(user.sudo()[name], before)

    def test_seen_then_closed(self):
        """Cached data is refused once the case is restricted between two calls."""
        case = self._complaint("agent2", subject="GEHEIM vorher")
        read = ("water.complaint", "read", case.ids, ["subject", "description"])
        self.assertTrue(self._does("agent", *read))
        self.env["water.complaint"].with_user(self.users["supervisor"]).browse(
            case.id
        ).category_id = self._category("st04")
        self.env.flush_all()
        self.assertTrue(case.is_restricted)
        for again in (
            read,
            ("water.complaint", "export_data", case.ids, ["subject"]),
            ("water.deadline", "search_read", [("complaint_id", "=", case.id)]),
            ("mail.message", "search_read", [("model", "=", case._name), ("res_id", "=", case.id)]),
            ("water.complaint", "write", case.ids, {"subject": "x"}),
        ):
            with self.subTest(again[1]):
                self.assertFalse(self._does("agent", *again))
        self.assertEqual(case.subject, "GEHEIM vorher")

    def test_two_roles_in_one_person(self):
        """Two roles together read what either reads, and no more."""
        tables = expected()
        for pair in combinations(PAIRED, 2):
            user = self._pair(pair)
            for (model, situation), record in self.records.items():
                cells = tables[model][situation]
                if any(cells[login] for login in pair) or model.endswith(".wizard"):
                    continue
                with self.subTest(pair=pair, model=model, situation=situation):
                    self.assertFalse(record.with_user(user).has_access("read"))

    def _pair(self, pair):
        both = [self.users[login] for login in pair]
        user = self._new_user("+".join(pair), "base.group_user")
        for name in ("group_ids", "water_department_ids", "water_channel_ids"):
            user[name] = both[0][name] | both[1][name]
        return user

    def test_a_refusal_is_a_refusal(self):
        """A closed record answers a plain reader with an error of access, not by chance."""
        for login in ("agent", "department2", "finance", "plain"):
            for record, _situation in self._victims(login):
                with self.assertRaises(AccessError):
                    record.with_user(self.users[login]).check_access("read")
