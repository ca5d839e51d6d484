from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base.moments import moment_text
from odoo.addons.water_service_desk.base.roles import QUALITY, SUPERVISOR
from odoo.addons.water_service_desk.base.words import sentences

from ...kpi.models.water_call_statistic import COUNTS
from ...kpi.periods import first_day, midnight

#: How far back hot spots are looked for, and how many of them are named.
SPAN, NAMED = 30, 5
#: How soon a limit is "due soon".
SOON = timedelta(hours=2)
#: Cases per 10,000 accounts are drawn in so many shades.
SHADES = 4
EMPTY = "–"


class WaterWall(models.AbstractModel):
    """The wall display of the hotline's hall: today at a glance, and hot spots.

    Numbers alone, limited by the reader's access rights: no names, telephones or addresses.
    """

    _name = "water.wall"
    _description = "Wall Display"

    @api.model
    def _check_reader(self):
        if not any(self.env.user.has_group(group) for group in (SUPERVISOR, QUALITY)):
            raise AccessError(self.env._("The wall display is for supervisors and quality."))

    @api.model
    def _shown(self):
        """Return the content of the page in the reader's language.

        :raises AccessError: as :meth:`_check_reader`
        """
        self._check_reader()
        company, now = self.env.company, fields.Datetime.now()
        today = company._water_today(now)
        rates = self._zone_rates(company, today)
        return {
            "company": company.name,
            "at": moment_text(self.env, now, company._water_tz()),
            "rows": [
                self._calls(company, today),
                self._cases(company, today) + self._work(company, now),
                self._month(company, today),
            ],
            "incidents": self._incidents(company),
            "hot": self._hot(rates),
            "drawn": self._map(company, rates),
        }

    # -- numbers ------------------------------------------------------------------------------

    @api.model
    def _calls(self, company, today):
        """Calls of today: offered, and the shares that were answered, quickly, and given up."""
        here = [("company_id", "=", company.id), ("day", "=", today)]
        sums = [f"{name}:sum" for name in COUNTS]
        found = self.env["water.call.statistic"]._read_group(here, [], sums)[0]
        offered, answered, fast, abandoned = (number or 0 for number in found)
        return [
            (self.env._("Calls today"), str(offered)),
            (self.env._("Answer rate"), self._share(answered, offered)),
            (self.env._("Within 15 s"), self._share(fast, answered)),
            (self.env._("Given up by callers"), self._share(abandoned, offered)),
        ]

    @api.model
    def _cases(self, company, today):
        """Cases received and finished today, and emergencies that are open."""
        begin = midnight(today, company._water_tz())
        cases, here = self.env["water.any.case"], [("company_id", "=", company.id)]
        came_in = [("received_at", ">=", begin), ("is_follow_up", "=", False)]
        finished = [("closed_at", ">=", begin), ("counts", "=", True)]
        open_ones = [
            ("severity", "=", "emergency"),
            ("closed_at", "=", False),
            ("counts", "=", True),
        ]
        counts = [cases.search_count([*here, *domain]) for domain in (came_in, finished, open_ones)]
        labels = (
            self.env._("Received today"),
            self.env._("Finished today"),
            self.env._("Open emergencies"),
        )
        return [(label, str(count)) for label, count in zip(labels, counts, strict=True)]

    @api.model
    def _work(self, company, now):
        """Limits of open work: exceeded, and due soon."""
        clocks = self.env["water.deadline"]
        here = [("company_id", "=", company.id), ("is_pending", "=", True)]
        soon = [("due_at", ">=", now), ("due_at", "<", now + SOON)]
        # as on the duty board and the first page, whether they have been swept yet or not
        late = clocks.search_count([*here, ("due_at", "<", now)])
        return [
            (self.env._("Limits exceeded"), str(late)),
            (self.env._("Due within two hours"), str(clocks.search_count([*here, *soon]))),
        ]

    @api.model
    def _month(self, company, today):
        """Shares of this month, from the figures by day."""
        begin = first_day("month", today)
        here = [("company_id", "=", company.id), ("day", ">=", begin)]
        names = ("close_met", "close_breached", "satisfied", "answered")
        found = self.env["water.fact"]._read_group(here, [], [f"{name}:sum" for name in names])[0]
        met, missed, satisfied, answered = (number or 0 for number in found)
        return [
            (self.env._("Finished in time this month"), self._share(met, met + missed)),
            (self.env._("Satisfied this month"), self._share(satisfied, answered)),
        ]

    @api.model
    def _share(self, part, whole):
        return f"{100 * part / whole:.1f} %" if whole else EMPTY

    @api.model
    def _incidents(self, company):
        """Return current and planned outages in public words, one line each."""
        return [sentences(row._page_line()) for row in self.env["water.incident"]._shown(company)]

    # -- hot spots ----------------------------------------------------------------------------

    @api.model
    def _zone_rates(self, company, today):
        """``{zone: (cases, per 10,000 accounts or None)}`` of the last days, hottest first."""
        here = [("company_id", "=", company.id), ("zone_id", "!=", False)]
        lately = [("day", ">", today - timedelta(days=SPAN))]
        groups = self.env["water.fact"]._read_group([*here, *lately], ["zone_id"], ["received:sum"])
        accounts = self._accounts(here)
        rates = {
            zone: (count, 10000 * count / accounts[zone] if accounts.get(zone) else None)
            for zone, count in groups
            if count
        }
        return dict(sorted(rates.items(), key=lambda row: (-(row[1][1] or 0), -row[1][0])))

    @api.model
    def _accounts(self, here):
        figures = self.env["water.base.figure"]
        rows = figures.search([*here, ("kind", "=", "accounts")], order="month")
        return {row.zone_id: row.quantity for row in rows}

    @api.model
    def _hot(self, rates):
        return [
            {
                "zone": zone.name,
                "count": count,
                "rate": EMPTY if rate is None else f"{rate:.1f}",
            }
            for zone, (count, rate) in list(rates.items())[:NAMED]
        ]

    @api.model
    def _map(self, company, rates):
        """Return the zones in shades; None if no zone has an outline."""
        shades = self._shades(rates)
        looks = {
            zone: {
                "look": f"heat{shades[zone]}",
                "line": self.env._(
                    "%(zone)s: %(count)s cases in %(days)s days",
                    zone=zone.name,
                    count=count,
                    days=SPAN,
                ),
            }
            for zone, (count, _rate) in rates.items()
        }
        return self.env["water.zone"]._map(company, looks)[1]

    @api.model
    def _shades(self, rates):
        """Return ``{zone: 1 for the calmest to SHADES for the hottest}``, in the order of the
        zones.
        """
        return {zone: SHADES - SHADES * place // len(rates) for place, zone in enumerate(rates)}
