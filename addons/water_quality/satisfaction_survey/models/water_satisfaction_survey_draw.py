import secrets
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.clock.working_time import wall_moment

#: rows looked at in one go while customers who were drawn already are passed over
STEP = 2000
LINKS = ("complaint_id", "inquiry_id", "request_id")


class WaterSatisfactionSurvey(models.Model):
    """Draws the sample: by the case numbers and the seed, one case of each customer."""

    _inherit = "water.satisfaction.survey"

    def action_draw(self):
        """Draw the sample; it is drawn once.

        :raises UserError: where no settled case has a customer who can be asked
        """
        self._check_turn("draft")
        for row in self:
            row._draw()
        return True

    def _draw(self):
        # whoever has chosen the seed may have tried which one suits him: nobody knows this part
        trusted(self).seed = f"{self.seed} {secrets.token_hex(8)}"
        # sudo: water.any.case - nobody chooses who is asked, whatever cases are hidden from him
        cases = self.env["water.any.case"].sudo()
        query = cases._search(self._population_domain())
        drawn = self._drawn(cases, query)
        if not drawn:
            raise UserError(self.env._("No customer of a settled case can be asked."))
        values = [self._line_values(place, case) for place, case in enumerate(drawn, 1)]
        trusted(self.env["water.satisfaction.survey.line"].sudo()).create(values)
        trusted(self).write(
            {
                "state": "drawn",
                "drawn_at": fields.Datetime.now(),
                "population": self._people(query),
            }
        )

    def _population_domain(self):
        """Settled cases of the period whose customer has a name and a telephone or an address."""
        zone = ZoneInfo(self.company_id._water_tz())
        begin = wall_moment(datetime.combine(self.date_from, time()), zone)
        end = wall_moment(datetime.combine(self.date_to + timedelta(days=1), time()), zone)
        reachable = ["|", ("phone", "!=", False), ("email", "!=", False)]
        domain = [
            ("company_id", "=", self.company_id.id),
            ("counts", "=", True),
            ("is_anonymous", "=", False),
            ("closed_at", ">=", begin),
            ("closed_at", "<", end),
        ]
        owned = [(f"{link}.partner_id", "any", reachable) for link in LINKS]
        return [*domain, "|", "|", *owned]

    def _drawn(self, cases, query):
        """The cases of the sample, in the order in which they are drawn."""
        chosen, people, offset = [], set(), 0
        number = SQL.identifier(query.table, "name")
        # as draw_key() does
        order = SQL("sha256(convert_to(%s || E'\\n' || %s, 'UTF8'))", self.seed, number)
        while len(chosen) < self.size:
            query.order, query.limit, query.offset = order, STEP, offset
            ids = [row[0] for row in self.env.execute_query(query.select())]
            if not ids:
                break
            for case in cases.browse(ids):
                partner = self._customer(case)
                if partner not in people and len(chosen) < self.size:
                    people.add(partner)
                    chosen.append(case)
            offset += STEP
        return chosen

    def _customer(self, case):
        return next(case[link].partner_id for link in LINKS if case[link])

    def _people(self, query):
        """How many customers were in question."""
        query.order, query.limit, query.offset = None, None, None
        alias = query.table
        tables = {
            link: self.env[self.env["water.any.case"]._fields[link].comodel_name]._table
            for link in LINKS
        }
        parts = [
            SQL(
                "(SELECT c.partner_id FROM %s c WHERE c.id = %s)",
                SQL.identifier(table),
                SQL.identifier(alias, link),
            )
            for link, table in tables.items()
        ]
        one = SQL("COALESCE(%s)", SQL(", ").join(parts))
        return self.env.execute_query(query.select(SQL("COUNT(DISTINCT %s)", one)))[0][0]

    def _line_values(self, place, case):
        return {
            "survey_id": self.id,
            "place": place,
            "number": case.name,
            "closed_at": case.closed_at,
            "category_id": case.category_id.id,
            "zone_id": case.zone_id.id,
            "department_id": case.department_id.id,
            **{link: case[link].id for link in LINKS},
        }
