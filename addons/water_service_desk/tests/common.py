"""People, departments and complete cases for the tests; nothing here needs demo data."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.tests import TransactionCase, new_test_user
from odoo.tests.common import freeze_time

#: A working Wednesday, 10:00 in Shanghai.
NOW = "2026-03-11 02:00:00"
SHANGHAI = ZoneInfo("Asia/Shanghai")
QUIET = {"no_reset_password": True, "mail_create_nolog": True, "mail_notrack": True}
DESK = "water_service_desk."


def local(text):
    """The naive UTC datetime of a wall-clock time in Shanghai.

    :param text: such as ``2026-10-13 17:30``
    """
    moment = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    return moment.astimezone(UTC).replace(tzinfo=None)


class WaterPeople:
    """One user per role. Mixed into Odoo's test cases, transactional or HTTP."""

    #: login → (groups, code of the department he is a member of, his company's position)
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

    @classmethod
    def _make_people(cls):
        """Build companies, departments, staff and two customers."""
        cls.env["res.lang"]._activate_lang("en_US")
        # messages are compared in English, whatever the database speaks by default
        env = cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        env["water.calendar.day"]._load_china([2025, 2026])
        cls.company = env.company
        cls.company.country_id = env.ref("base.cn")
        cls.company.water_calendar_id = env.ref(f"{DESK}calendar_office")
        # calls are tested at whatever hour the tests run
        cls.company.write({"water_call_from": 0, "water_call_until": 24})
        cls.company2 = env["res.company"].create({"name": "Second Water"})
        cls.net, cls.lab = env.ref(f"{DESK}department_net"), env.ref(f"{DESK}department_lab")
        cls.users = {login: cls._make_user(login) for login in cls.PEOPLE}
        cls.users |= {
            login: cls._new_user(login, "base.group_portal") for login in ("portal1", "portal2")
        }
        cls.customer = cls.users["portal1"].partner_id
        cls.customer.write({"name": "张伟", "phone": "13812345678"})
        cls.customer2 = cls.users["portal2"].partner_id
        cls.customer2.write({"name": "李娜", "phone": "13987654321"})

    @classmethod
    def _make_user(cls, login):
        group, department, company = cls.PEOPLE[login]
        company = (cls.company, cls.company2)[company]
        user = cls._new_user(
            login,
            f"base.group_user,{DESK}{group}" if group else "base.group_user",
            company_id=company.id,
            company_ids=company.ids,
            tz="Asia/Shanghai",
        )
        if department:
            user.water_department_ids = cls.env.ref(f"{DESK}department_{department}")
        return user

    @classmethod
    def _new_user(cls, login, groups, **values):
        login = f"water_{login}"
        values = {"lang": "en_US", **values}
        return new_test_user(cls.env, login, groups=groups, context=QUIET, **values)

    @classmethod
    def _category(cls, code):
        return cls.env.ref(f"{DESK}category_{code}")

    @classmethod
    def _channel(cls, code):
        return cls.env.ref(f"{DESK}channel_{code}")

    @classmethod
    def _inquiry_values(cls, **values):
        """Values of a complete inquiry."""
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

    def _filer(self, login, cases):
        """The model of cases for ``login`` to create one; a machine's door does it for him."""
        mine = self._as(login, cases)
        return mine.sudo() if login == "integration" else mine

    def _inquiry(self, login="agent", **values):
        """A complete inquiry registered by ``login``."""
        inquiries = self._filer(login, self.env["water.inquiry"])
        return inquiries.create(self._inquiry_values(**values)).with_env(self.env)

    def _clock(self, case, kind):
        """The newest clock of ``kind`` of a case."""
        return case.deadline_ids.filtered(lambda clock: clock.kind == kind).sorted("id")[-1:]

    def _lead(self, case):
        """The newest dispatch of a case to its leading department."""
        return case.dispatch_ids.filtered(lambda row: row.role == "lead").sorted("id")[-1:]

    def _dispatch(self, case, department=None, supports=None, login="agent", note=False):
        """Dispatch ``case`` to a department (NET by default) and return the dispatch."""
        self._as(login, case)._dispatch(department or self.net, supports, note)
        case.invalidate_recordset()
        return self._lead(case)

    def _kinds(self, case):
        """Kinds of the events of a case, oldest first."""
        return case.event_ids.sorted("id").mapped("kind")

    def assertWhole(self, cases):
        """The event chains of ``cases`` are whole."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(cases._verify_events(), [])

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
        cron = self.env.ref("water_service_desk.ir_cron_sweep").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def _later(self, **span):
        return fields.Datetime.now() + timedelta(**span)
