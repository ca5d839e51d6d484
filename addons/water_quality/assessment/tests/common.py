"""A closed month of figures and a scheme that assesses departments by it."""

from odoo import Command
from odoo.tests.common import freeze_time
from odoo.tools import SQL

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

#: one second after the last day to object to a result published on ``NOW``
LATE = "2026-03-18 09:30:01"
#: points of each kind of entry
POINTS = {
    "overdue": 2,
    "false_completion": 10,
    "buck_passing": 3,
    "attitude": 5,
    "wrong_dispatch": 1,
    "missed_callback": 1,
    "praise": 2,
}
STEPS = ((0, 60, 0), (60, 90, 50), (90, None, 100))


class AssessmentCommon(ComplaintCommon):
    """February: the department NET has kept two limits of three."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.net.manager_id = cls.users["department"]
        cls.lab.manager_id = cls.users["department2"]
        cls.case = cls._case_of()
        clock = {"complaint_id": cls.case.id, "kind": "verify", "state": "breached"}
        clock |= {"started_at": local("2026-02-01 00:00"), "due_at": local("2026-02-28 23:59")}
        clock |= {"breached_department_id": cls.net.id, "breached_user_id": cls.users["agent"].id}
        cls.clock = trusted(cls.env["water.deadline"]).create(clock)
        cls.scheme = cls._scheme()
        cls.sheet = cls._sheet(66.67)

    @classmethod
    def _case_of(cls, **values):
        values = cls._complaint_values(department_id=cls.net.id, **values)
        return cls.env["water.complaint"].create(values)

    @classmethod
    def _kpi(cls, code):
        return cls.env.ref(f"water_quality.kpi_{code.lower()}")

    @classmethod
    def _scheme(cls, **values):
        steps = [
            Command.create({"begins": low, "ends": high or 0, "is_open": not high, "share": share})
            for low, high, share in STEPS
        ]
        items = [
            {"kpi_id": cls._kpi("K10").id, "weight": 60, "target": 99, "step_ids": steps},
            {"kpi_id": cls._kpi("K09").id, "weight": 40, "target": 97},
        ]
        rules = [{"kind": kind, "points": points} for kind, points in POINTS.items()]
        return cls.env["water.assessment.scheme"].create(
            {
                "name": "部门月考核",
                "department_ids": [Command.set((cls.net | cls.lab).ids)],
                "item_ids": [Command.create(item) for item in items],
                "rule_ids": [Command.create(rule) for rule in rules],
                **values,
            }
        )

    @classmethod
    def _sheet(cls, value, dimension="department", **whose):
        sheet = {"period_start": "2026-02-01", "state": "closed", "company_id": cls.company.id}
        sheet = trusted(cls.env["water.kpi.sheet"]).create(sheet)
        line = {"sheet_id": sheet.id, "company_id": cls.company.id, "kpi_id": cls._kpi("K10").id}
        whose = whose or {"department_id": cls.net.id}
        line |= {"dimension": dimension, "value": value, "numerator": 2, "denominator": 3}
        trusted(cls.env["water.kpi.line"]).create({**line, **whose})
        return sheet

    def _drawn(self, login="quality", **values):
        rows = self._as(login, self.env["water.assessment"])
        values = {"scheme_id": self.scheme.id, "period_start": "2026-02-17", **values}
        assessment = rows.create(values)
        assessment.action_draw_up()
        return assessment.with_env(self.env)

    def _line(self, assessment, department=None):
        lines = assessment.line_ids
        return lines.filtered(lambda line: line.department_id == (department or self.net))

    def _entries(self, assessment, kind=None):
        entries = assessment.entry_ids
        return entries.filtered(lambda entry: not kind or entry.kind == kind)

    def _published(self):
        assessment = self._drawn()
        self._as("quality", assessment).action_publish()
        return assessment

    def _object(self, entry, login="department", **values):
        objections = self._as(login, self.env["water.assessment.objection"])
        about = {"line_id": entry.line_id.id, "reason": "客户改约", **values}
        about.setdefault("entry_id", entry.id)
        return objections.create(about).with_env(self.env)

    @classmethod
    def _put(cls, record, **values):
        """Straight into the database, as only the course of weeks would."""
        sets = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()
        )
        cls.env.flush_all()
        table = SQL.identifier(record._table)
        cls.env.cr.execute(SQL("UPDATE %s SET %s WHERE id IN %s", table, sets, record._ids))
        cls.env.invalidate_all()
        return record

    def _confirmed(self, assessment=None):
        assessment = assessment or self._published()
        with freeze_time(LATE):
            self._as("quality", assessment).action_check()
            self._as("manager", assessment).action_confirm()
        return assessment
