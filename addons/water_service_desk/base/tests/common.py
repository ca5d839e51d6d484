"""People, departments and complete cases for the tests, without demo data."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from unittest.mock import patch
from zoneinfo import ZoneInfo

import weasyprint
from babel import dates

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase
from odoo.tests.common import freeze_time
from odoo.tools import SQL

from . import acts

#: A working Wednesday, 10:00 in Shanghai.
NOW = "2026-03-11 02:00:00"
SHANGHAI = ZoneInfo("Asia/Shanghai")
QUIET = {"no_reset_password": True, "mail_create_nolog": True, "mail_notrack": True}
DESK = "water_service_desk."
#: the letter layout, by name: its room is above this one
RENDER = f"odoo.addons.{DESK}pdf.pdf.render"


def local(text):
    """The naive UTC datetime of a wall-clock time in Shanghai.

    :param text: such as ``2026-10-13 17:30``
    """
    moment = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    return moment.astimezone(UTC).replace(tzinfo=None)


def in_words(moment, lang="en_US"):
    """A naive UTC datetime as customers read it: date, weekday and time in Shanghai."""
    there = moment.replace(tzinfo=UTC).astimezone(SHANGHAI)
    day = dates.format_date(there.date(), "full", locale=lang)
    clock = dates.format_time(there.time(), "short", locale=lang)
    return dates.get_datetime_format("medium", locale=lang).format(clock, day)


def speak_chinese(env, *others):
    """Have Chinese with the words of the addons; a database that has them is left alone.

    :param env: an environment of a test
    :param others: addons on top of this one
    """
    env["res.lang"]._activate_lang("zh_CN")
    family = env.ref(f"{DESK}category_ot")
    if family.with_context(lang="zh_CN").name == family.with_context(lang="en_US").name:
        addons = [DESK[:-1], *others]
        env["ir.module.module"]._load_module_terms(addons, ["zh_CN"], overwrite=True)


@cache
def paper():
    """A PDF of one empty page."""
    return weasyprint.HTML(string="").write_pdf()


class Refusals:
    """Looks at refusals. Mixed into Odoo's test cases."""

    @contextmanager
    def assertRefused(self, words, records=None):
        """Something is refused in these words, and the stored ``records`` stay as it was.

        :param words: regular expression; a wrong call that fails otherwise is no refusal
        """
        before = self._stored(records)
        with self.assertRaises(UserError) as caught:
            yield caught
        self.assertRegex(str(caught.exception), words)
        self.assertEqual(self._stored(records), before)

    def _stored(self, records):
        """The rows of ``records`` as the database has them."""
        if not records:
            return []
        self.env.flush_all()
        table, ids = SQL.identifier(records._table), tuple(records.ids)
        query = SQL("SELECT to_jsonb(t)::text FROM %s t WHERE id IN %s ORDER BY id", table, ids)
        return self.env.execute_query(query)


class WaterPeople(Refusals):
    """One user per role. Mixed into Odoo's test cases, transactional or HTTP."""

    #: login → (groups, code of the user's department, position in the company)
    PEOPLE = {
        "agent": ("group_agent", None, 0),
        "agent2": ("group_agent", None, 0),
        "department": ("group_department", "net", 0),
        "department2": ("group_department", "lab", 0),
        "supervisor": ("group_supervisor", None, 0),
        "quality": ("group_quality", None, 0),
        "manager": ("group_manager", None, 0),
        "integration": ("group_integration", None, 0),
        "foreign": ("group_manager", None, 1),
        "plain": (None, None, 0),
    }

    #: Whether there is a second company with a manager of its own, ``foreign``: it takes half a
    #: second to make, so only where one looks at them.
    second_company = False

    #: Lay letters out in earnest: takes a third of a second each, so only where one looks at them.
    real_pdf = False

    @classmethod
    def _make_people(cls):
        """Build companies, departments, staff and two customers."""
        if not cls.real_pdf:
            cls.startClassPatcher(patch(RENDER, lambda *args: paper()))
        cls.env["res.lang"]._activate_lang("en_US")
        # messages are compared in English, regardless of the default language
        env = cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.company = env.company
        cls.company.country_id = env.ref("base.cn")
        cls.company.water_calendar_id = env.ref(f"{DESK}calendar_office")
        env["water.calendar.day"]._load_china([2025, 2026])
        # calls are tested at any hour
        cls.company.write({"water_call_from": 0, "water_call_until": 24})
        if cls.second_company:
            cls.company2 = env["res.company"].create({"name": "Second Water"})
        cls.net, cls.lab = env.ref(f"{DESK}department_net"), env.ref(f"{DESK}department_lab")
        cls.users = cls._new_users(cls._wanted())
        cls.customer = cls.users["portal1"].partner_id
        cls.customer.write({"name": "张伟", "phone": "13812345678"})
        cls.customer2 = cls.users["portal2"].partner_id
        cls.customer2.write({"name": "李娜", "phone": "13987654321"})

    @classmethod
    def _wanted(cls):
        """Users present from the start, as ``_new_users`` takes them."""
        return {login: cls._user_values(login) for login in cls._logins()} | {
            # no customer shares an address with staff, which would require two approvers
            login: {"groups": "base.group_portal", "email": f"{login}@example.com"}
            for login in ("portal1", "portal2")
        }

    @classmethod
    def _logins(cls):
        return [login for login, row in cls.PEOPLE.items() if cls.second_company or not row[2]]

    @classmethod
    def _user_values(cls, login):
        group, department, company = cls.PEOPLE[login]
        company = cls.company2 if company else cls.company
        code = f"{DESK}department_{department}"
        return {
            "groups": f"base.group_user,{DESK}{group}" if group else "base.group_user",
            "company_id": company.id,
            "company_ids": company.ids,
            "tz": "Asia/Shanghai",
            "water_department_ids": cls.env.ref(code).ids if department else [],
        }

    @classmethod
    def _new_user(cls, login, groups, **values):
        return cls._new_users({login: {"groups": groups, **values}})[login]

    @classmethod
    def _new_users(cls, wanted):
        """Create users in one go, because each class of tests has its own.

        :param wanted: {login without prefix: values, and ``groups`` as a list of external ids}
        :return: {login without prefix: res.users}; the whole login is the password as well
        """
        # what staff are told is looked for among the mails
        options = {"notification_type": "email"}
        values = [{**options, **cls._login_values(login, **more)} for login, more in wanted.items()]
        partners = type(cls.env["res.partner"])
        with patch.object(partners, "_avatar_generate_svg", lambda partner: False):
            users = cls.env["res.users"].with_context(**QUIET).create(values)
        return dict(zip(wanted, users.with_env(cls.env), strict=True))

    @classmethod
    def _login_values(cls, login, groups, **values):
        login = f"water_{login}"
        if "company_id" in values:
            values.setdefault("company_ids", [values["company_id"]])
        return {
            "login": login,
            "password": login,
            "name": f"{login} ({groups})",
            "email": "w.w@example.com",
            "lang": "en_US",
            "group_ids": [Command.set([cls.env.ref(group).id for group in groups.split(",")])],
            **values,
        }

    @classmethod
    def _category(cls, code):
        return cls.env.ref(f"{DESK}category_{code}")

    @classmethod
    def _channel(cls, code):
        return cls.env.ref(f"{DESK}channel_{code}")

    @classmethod
    def _inquiry_values(cls, **values):
        return {
            "subject": "阶梯水价怎么算",
            "description": "客户询问第二阶梯从多少立方米开始。",
            "partner_id": cls.customer.id,
            "category_id": cls._category("gn").id,
            "channel_id": cls._channel("phone").id,
            **values,
        }

    @classmethod
    def _request_values(cls, **values):
        """Values of a complete application for a connection."""
        return {
            "subject": "小店接水",
            "description": "临街小店申请接水，门前有管网。",
            "address": "东城路8号",
            "partner_id": cls.customer.id,
            "category_id": cls._category("nc01").id,
            "channel_id": cls._channel("counter").id,
            **values,
        }

    def _as(self, login, records):
        """``records`` as ``login`` sees them; ``su`` stands for the system itself."""
        return records.sudo() if login == "su" else records.with_user(self.users[login])

    @classmethod
    def _at_door(cls, login, records):
        """``records`` as ``login`` files them; the interface files for machines."""
        if login == "su":
            return records.sudo()
        return records.with_user(cls.users[login]).sudo(login == "integration")

    def _inquiry(self, login="agent", **values):
        inquiries = self._at_door(login, self.env["water.inquiry"])
        return inquiries.create(self._inquiry_values(**values)).with_env(self.env)

    @classmethod
    def _new_standard(cls, code, *lines, model="water.inquiry", **values):
        clocks = [(0, 0, {"kind": "close", **line}) for line in lines]
        values = {"name": code, "code": code, "case_model": model, "line_ids": clocks, **values}
        return cls.env["water.standard"].create(values)

    def _clock(self, case, kind):
        return case.deadline_ids.filtered(lambda clock: clock.kind == kind).sorted("id")[-1:]

    def _lead(self, case):
        return case.dispatch_ids.filtered(lambda row: row.role == "lead").sorted("id")[-1:]

    def _dispatch(self, case, department=None, supports=None, login="agent", note=False):
        acts.dispatch(self._as(login, case), department or self.net, supports, note)
        case.invalidate_recordset()
        return self._lead(case)

    def _finish_lead(self, case, worker="department", result="已处理"):
        """The leading department reports its work as done, which is required before an end.

        :param worker: login of a member of the department
        :param result: the report, unless the dispatch has one
        """
        lead = self._as(worker, self._lead(case))
        if lead.state == "sent":
            lead.action_accept()
        lead.result = lead.result or result
        lead.action_finish()
        case.invalidate_recordset()

    def _kinds(self, case):
        return case.event_ids.sorted("id").mapped("kind")

    def _trigger(self, cron):
        """Run a scheduled action by its external id, as the scheduler does."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(cron).sudo().method_direct_trigger()
        self.env.invalidate_all()

    def _running(self, case):
        """Clocks of a case that are neither met nor ended."""
        states = ("running", "paused", "breached")
        return case.deadline_ids.filtered(lambda row: row.state in states and not row.met_at)

    def _at_work(self, case):
        states = ("sent", "accepted")
        return case.sudo().dispatch_ids.filtered(lambda row: row.state in states)

    def _calls(self, case, kind):
        return case.callback_ids.filtered(lambda row: (row.state, row.kind) == ("open", kind))

    def _barred(self, case, users=None):
        staff = self.env["res.users"].union(*self.users.values())
        users = users or staff.filtered(lambda user: not user.share)
        return acts.barred(self._as("supervisor", case), users)

    def _chain(self, cases):
        params = cases.action_verify_events()["params"]
        return "" if params["type"] == "success" else params["message"]

    def assertWhole(self, cases):
        """The event chains of ``cases`` are whole."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._chain(cases), "")

    def assertLocal(self, moment, text):
        """The naive UTC ``moment`` is the wall-clock time ``text`` in Shanghai."""
        self.assertEqual(fields.Datetime.to_string(moment), fields.Datetime.to_string(local(text)))


@freeze_time(NOW)
class WaterCommon(WaterPeople, TransactionCase):
    """Transactional test with the people of the desk, on a working morning."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()

    def _sweep(self):
        """Run the sweep as the scheduler does."""
        with self.enter_registry_test_mode():
            self.env.ref("water_service_desk.ir_cron_sweep").sudo().method_direct_trigger()

    def _later(self, **span):
        return fields.Datetime.now() + timedelta(**span)
