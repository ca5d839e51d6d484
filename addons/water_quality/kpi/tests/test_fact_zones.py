"""The table of days of companies in Berlin and Shanghai, at the turns of clocks and years."""

from datetime import date, datetime

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon

#: When a case came in (UTC): its days in Berlin and Shanghai, by hand from tzdata.
TURNS = {
    "2026-02-28 22:59:59": ("2026-02-28", "2026-03-01"),
    "2026-02-28 23:00:00": ("2026-03-01", "2026-03-01"),
    "2026-03-28 22:59:59": ("2026-03-28", "2026-03-29"),
    "2026-03-29 21:59:59": ("2026-03-29", "2026-03-30"),
    "2026-03-29 22:00:00": ("2026-03-30", "2026-03-30"),
    "2026-10-24 21:59:59": ("2026-10-24", "2026-10-25"),
    "2026-10-24 22:00:00": ("2026-10-25", "2026-10-25"),
    "2026-10-25 22:59:59": ("2026-10-25", "2026-10-26"),
    "2026-12-31 15:59:59": ("2026-12-31", "2026-12-31"),
    "2026-12-31 16:00:00": ("2026-12-31", "2027-01-01"),
    "2026-12-31 22:59:59": ("2026-12-31", "2027-01-01"),
    "2026-12-31 23:00:00": ("2027-01-01", "2027-01-01"),
    "2028-02-28 22:59:59": ("2028-02-28", "2028-02-29"),
    "2028-02-29 15:59:59": ("2028-02-29", "2028-02-29"),
    "2028-02-29 16:00:00": ("2028-02-29", "2028-03-01"),
}


@tagged("post_install", "-at_install")
class TestFactZones(ComplaintCommon):
    second_company = True

    @freeze_time("2028-03-02 12:00:00")
    def test_days(self):
        """Each counts on its company's day: when all is counted, and when it alone is."""
        office = self.company.water_calendar_id.copy({"tz": "Europe/Berlin"})
        self.company2.water_calendar_id = office
        for side, company in enumerate((self.company2, self.company)):
            self._trigger("water_quality.ir_cron_fact")
            inquiries = self.env["water.inquiry"].with_company(company)
            known = self._received(company)
            more = {"company_id": company.id, "partner_id": False, "contact_name": "王芳"}
            more["phone"] = "13712345678"
            given = [self._inquiry_values(received_at=moment, **more) for moment in TURNS]
            inquiries.create(given)
            wanted = dict(known)
            for days in TURNS.values():
                day = date.fromisoformat(days[side])
                wanted[day] = wanted.get(day, 0) + 1
            facts = self.env["water.fact"]
            facts._bring_up_to_date(company, datetime(2020, 1, 1), False)
            self.assertEqual(self._received(company), wanted, "what has changed")
            facts._bring_up_to_date(company, None, True)
            self.assertEqual(self._received(company), wanted, "everything")

    def _received(self, company):
        rows = self.env["water.fact"].sudo().search([("company_id", "=", company.id)])
        found = {}
        for row in rows.filtered("received"):
            found[row.day] = found.get(row.day, 0) + row.received
        return found
