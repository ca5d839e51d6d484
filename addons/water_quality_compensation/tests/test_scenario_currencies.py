from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_compensation.compensation_scheme.tests.common import SchemeCommon
from odoo.addons.water_service_desk.base.tests.common import local

from .meeting_common import MeetingCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioCurrencies(SchemeCommon, MeetingCommon):
    """An outage in currencies of no and of three decimals, over a leap day and a year's end."""

    def _company_in(self, name, rate):
        """The second company keeps its books in that currency, and pays by a scheme in pounds."""
        company = self.company2.sudo()
        self._make_books(company)
        currency = self.env.ref(f"base.{name}")
        currency.active = True
        profile = self.env.ref("water_compensation.compensation_profile_gss_en_2025")
        company.write(
            {
                "currency_id": currency.id,
                "country_id": self.env.ref("base.cn").id,
                "water_calendar_id": self.company.water_calendar_id.id,
                "water_compensation_rate": rate,
                "water_compensation_profile_id": profile.id,
            }
        )
        return company

    def _outage(self, company):
        """25 hours without water for three households and a business, worked out."""
        self._accounts(3, company_id=company.id)
        self._account(2, company_id=company.id, customer_class="business")
        return self._restored(
            self._incident("2026-03-01 10:00", company_id=company.id), "2026-03-02 11:00"
        )

    def _booked(self, row):
        """The posted entry of ``row``, which is approved by as many as it takes."""
        self._trusted(row)._approve()
        self._run("entries")
        self.env.invalidate_all()
        move = row.sudo().move_id
        move.action_post()
        return move

    def test_yen(self):
        """£50 and £50 at 191.365 are ¥19,136.5: amounts are rounded, in total and per line."""
        company = self._company_in("JPY", 191.365)
        rows = self._outage(company).sorted("id")
        self.assertEqual(rows.mapped("amount"), [19137, 19137, 19137, 38273])
        self.assertEqual(rows.incident_id.compensation_total, 95684)
        self._check_words(rows[0], "19,137", "9568.25")
        move = self._booked(rows[0])
        self.assertEqual((move.amount_total, move.invoice_line_ids.price_unit), (19137, 19137))
        self.assertEqual(move.currency_id, company.currency_id)

    def test_dinar(self):
        """Fils by three decimals, in the letter and in the books."""
        company = self._company_in("KWD", 0.403755)
        rows = self._outage(company).sorted("id")
        self.assertEqual(rows.mapped("amount"), [40.376, 40.376, 40.376, 80.751])
        self.assertAlmostEqual(rows.incident_id.compensation_total, 201.879, 4)
        self._check_words(rows[0], "40.376", "20.18775")
        move = self._booked(rows[0])
        self.assertEqual(move.currency_id.compare_amounts(move.amount_total, 40.376), 0)
        self.assertEqual(move.invoice_line_ids.price_unit, 40.376)

    def _check_words(self, row, amount, before):
        """The announced amount is paid; the calculation adds up and names the rounding."""
        self.assertIn(amount, row._sentence())
        self.assertIn(amount.replace(",", ""), row.calculation.replace(",", ""))
        self.assertIn(before, row.calculation.replace(",", ""))

    def test_over_a_leap_day(self):
        """29 February is a day as any other, for periods and for minutes of each month."""
        self._choose("gss_en_2025", rate=1)
        home = self._account(partner_id=self.customer.id, code="T-29")
        incident = self._incident("2028-02-28 22:00")
        row = self._restored(incident, "2028-03-01 11:00")
        self.assertEqual((row.account_id, row.amount), (home, 150))
        minutes = self.env["water.outage.minutes"].search([("incident_id", "=", incident.id)])
        found = {line.month.isoformat(): line.minutes for line in minutes}
        self.assertEqual(found, {"2028-02-01": 26 * 60, "2028-03-01": 11 * 60})

    def test_over_the_end_of_a_year(self):
        """The failure was in the old year: its caps are that year's, its due day the new year's."""
        self._account(partner_id=self.customer.id, code="T-31")
        incident = self._incident("2026-12-31 20:00")
        row = self._restored(incident, "2027-01-01 21:00")
        self.assertEqual(row.amount, 100)
        self.assertTrue(row.due_provisional and row.due_on.year == 2027)
