from datetime import date

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

FEBRUARY = date(2026, 2, 1)
#: of the cases below: kept, missed, kept
LIMITS = (
    ("met", "2026-02-10 10:00"),
    ("breached", "2026-02-28 23:59"),
    ("met", "2026-02-01 00:00"),
)


class KpiSheetCommon(ComplaintCommon):
    """A sheet of February with three time limits, counted."""

    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["water.base.figure"].search([]).unlink()
        cls.case = cls.env["water.complaint"].create(
            cls._complaint_values(user_id=cls.users["agent"].id, department_id=cls.net.id)
        )
        clock = {
            "complaint_id": cls.case.id,
            "kind": "verify",
            "started_at": local("2026-02-01 00:00"),
        }
        cls.clocks = trusted(cls.env["water.deadline"]).create(
            [{**clock, "state": state, "due_at": local(due)} for state, due in LIMITS]
        )
        cls.sheet = cls._sheet("quality")
        cls.sheet.action_recount()

    @classmethod
    def _sheet(cls, login, **values):
        sheets = cls.env["water.kpi.sheet"].with_user(cls.users[login])
        return sheets.create({"period_start": "2026-02-17", **values})

    def _line(self, code="K10", sheet=None, dimension="company"):
        lines = (sheet or self.sheet).sudo().line_ids
        return lines.filtered(
            lambda line: (line.kpi_id.code, line.dimension) == (code, dimension)
        ).with_env(self.env)

    def _closed(self):
        self.sheet.action_check()
        self._as("manager", self.sheet).action_close()
        return self.sheet
