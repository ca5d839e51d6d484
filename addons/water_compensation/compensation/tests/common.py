"""Books to book in, people who decide, and compensations at each point of their way."""

from datetime import date, timedelta

from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.trust import trusted

STATES = ("draft", "proposed", "approved", "refused", "withdrawn")
PAYMENTS = ("none", "draft", "posted", "paid", "reversed")
#: The day of ``NOW`` in Shanghai.
TODAY = date(2026, 3, 11)
DAY = timedelta(days=1)


@freeze_time(NOW)
class CompensationCommon(ComplaintCommon):
    """Complaints with compensations, in a company that keeps books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_books(cls.company)
        cls.env["water.compensation.budget"].search([]).unlink()  # those of the demo data
        cls.users["accountant"] = cls._new_user("accountant", "account.group_account_manager")
        cls.users["supervisor2"] = cls._new_user(
            "supervisor2", "water_service_desk.group_supervisor"
        )
        cls.users["manager2"] = cls._new_user("manager2", "water_service_desk.group_manager")

    @classmethod
    def _make_books(cls, company):
        """Those that the company keeps already, else Odoo's own general chart of accounts."""
        if company.root_id.chart_template:
            return
        charts = cls.env["account.chart.template"].with_company(company)
        charts.try_loading("generic_coa", company=company, install_demo=False)

    def _compensation(self, login="agent", case=None, **values):
        rows = self._as(login, self.env["water.compensation"])
        case = case or self._complaint()
        link = rows._case_field(case._name)
        values = {"kind": "goodwill", "amount": 100, "reason": "错过上门时间", **values}
        return rows.create({link: case.id, **values}).with_env(self.env)

    def _proposed(self, login="agent", **values):
        row = self._compensation(login, **values)
        self._as(login, row).action_propose()
        return row

    def _approved(self, login="supervisor", **values):
        row = self._proposed(**values)
        self._as(login, row).action_approve()
        return row

    def _entitlement(self, key="rule:1", **values):
        rows = self.env["water.compensation"]
        values = {"kind": "entitlement", "partner_id": self.customer.id, "amount": 50, **values}
        return rows._propose([{"origin_key": key, "reason": "错过上门时间", **values}])

    def _row(self, **values):
        """A compensation with these values, however it came about."""
        rows = trusted(self.env["water.compensation"].sudo())
        number = rows.search_count([])
        payment = {name: values.pop(name, False) for name in ("payment_state", "paid_on")}
        facts = {"kind": "entitlement", "amount": 50, "partner_id": self.customer.id}
        row = rows.create({"origin_key": f"x:{number}", **facts, **values})
        if any(payment.values()):
            row.write(payment)
        return row.with_env(self.env)

    def _run(self, name):
        """Run a scheduled action as the scheduler does, with the zone of its user."""
        cron = self.env.ref(f"water_compensation.ir_cron_compensation_{name}").sudo()
        cron.user_id.tz = "Asia/Shanghai"
        self.env.flush_all()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _booked_on(self, kind):
        kept = [("account_type", "=", kind), ("company_ids", "in", self.company.ids)]
        return self.env["account.account"].search(kept, limit=1)

    def _post(self, row, login="finance"):
        self._as(login, row.sudo().move_id).action_post()

    def _pay(self, row, login="finance", day=None):
        move = self._as(login, row.sudo().move_id)
        wizards = self._as(login, self.env["account.payment.register"]).with_context(
            active_model="account.move", active_ids=move.ids
        )
        values = {"payment_date": day} if day else {}
        wizards.create(values).action_create_payments()

    def _steps(self, case):
        events = self._events(case, "compensation")
        return [row["step"] for event in events for row in event.payload["rows"]]

    def _events(self, case, kind):
        return case.event_ids.filtered(lambda event: event.kind == kind).sorted("id")

    def _trusted(self, row):
        return trusted(row.sudo())
