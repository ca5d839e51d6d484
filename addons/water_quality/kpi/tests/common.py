"""Months of lawful cases, each figure counted twice: by its definition, and row by row."""

from datetime import date

from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import local

from .plain_count import PlainCount

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


class MonthsCommon(ComplaintCommon):
    """Cases go their lawful ways over the end of a month."""

    def _at(self, text):
        return freeze_time(local(text))

    def _figure(self, code, start, end):
        # by its code: figures about money come from another addon
        kpi = self.env["water.kpi"].search([("code", "=", code), ("company_id", "=", False)])
        found = kpi._count(self.company, start, end)["company", False]
        count = PlainCount(self.env, self.company, start, end)
        self.assertEqual(found, count.figure(code), (code, start))
        return found

    def _all_alike(self):
        for kpi in self.env["water.kpi"].search([("company_id", "=", False)]):
            for start, end in ((MARCH, APRIL), (APRIL, MAY)):
                self._figure(kpi.code, start, end)
