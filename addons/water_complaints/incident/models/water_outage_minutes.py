from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.trust import trusted

#: What the minutes of an incident go by; when it changes after the end, they are counted anew.
FACTS = frozenset(
    {"restored_at", "aware_at", "households", "zone_ids", "account_ids", "kind_id", "kind"}
    | {"is_planned"}
)


class WaterOutageMinutes(models.Model):
    """Minutes without supply × households, per zone and month (户均停水分钟, domain 5).

    Planned and unplanned outages apart. Counted at the end of an incident, and again when its
    facts, or those of another one in the same time, are corrected: no household is without water
    twice in a minute.
    """

    _name = "water.outage.minutes"
    _inherit = ["water.kept.mixin"]
    _description = "Minutes without Supply"
    _order = "month desc, zone_id, id"
    _rec_name = "incident_id"

    incident_id = fields.Many2one(
        "water.incident", required=True, readonly=True, index=True, ondelete="restrict"
    )
    zone_id = fields.Many2one("water.zone", string="Supply Zone", readonly=True, index=True)
    month = fields.Date(required=True, readonly=True, index=True)
    is_planned = fields.Boolean(string="Planned", readonly=True)
    minutes = fields.Integer(readonly=True)
    households = fields.Integer(readonly=True)
    household_minutes = fields.Integer(
        string="Minutes × Households",
        readonly=True,
        help="Households that another incident counts for the same minutes are left out.",
    )
    company_id = fields.Many2one(related="incident_id.company_id", store=True, index=True)


class WaterIncident(models.Model):
    _inherit = "water.incident"

    minutes_ids = fields.One2many(
        "water.outage.minutes", "incident_id", string="Minutes × Households"
    )

    def write(self, vals):
        if not FACTS & vals.keys():
            return super().write(vals)
        met = self._met_in_time()
        result = super().write(vals)
        (self | met | self._met_in_time())._count_minutes()
        return result

    def _met_in_time(self):
        """Other incidents that are over and lay in the same time: theirs is counted by ours."""
        # sudo: water.incident - counted, not shown
        found = self.sudo().browse()
        for incident in self.sudo().filtered("restored_at"):
            found |= found.search(incident._same_time())
        return found.with_env(self.env)

    def _same_time(self):
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("kind_id.counts_minutes", "=", True)
            & Domain("aware_at", "<", self.restored_at)
            & Domain("restored_at", ">", self.aware_at)
            & Domain("id", "!=", self.id)
        )

    def _count_minutes(self):
        """Keep the minutes × households of incidents that are over, of each zone and month."""
        # sudo: water.outage.minutes - written by this service alone
        rows = trusted(self.env["water.outage.minutes"].sudo())
        over = self.sudo().filtered("restored_at")
        rows.search([("incident_id", "in", over.ids)]).unlink()
        for incident in over.filtered("kind_id.counts_minutes"):
            spells = incident._spells()
            rows.create(
                [
                    {
                        "incident_id": incident.id,
                        "zone_id": zone_id,
                        "month": month,
                        "is_planned": incident.is_planned,
                        "minutes": minutes,
                        "households": households,
                        "household_minutes": household_minutes,
                    }
                    for zone_id, households in incident._households_by_zone().items()
                    for month, minutes, household_minutes in incident._minutes_of(
                        spells, zone_id, households
                    )
                ]
            )

    def _minutes_of(self, spells, zone_id, households):
        """``[(month, minutes, minutes × households)]`` of a zone, each household once a minute."""
        found = {}
        for month, minutes, others in spells:
            fresh = households - self._counted_elsewhere(others, zone_id, households)
            before = found.get(month, (0, 0))
            found[month] = before[0] + minutes, before[1] + minutes * fresh
        return [(month, *numbers) for month, numbers in found.items()]

    def _spells(self):
        """``[(first day of a month, minutes, incidents that count these already)]``.

        Months by the company's calendar. What began earlier counts the households it has.
        """
        zone = ZoneInfo(self.company_id.sudo()._water_tz())
        others = self.search(self._same_time()).filtered(
            lambda row: (row.aware_at, row.id) < (self.aware_at, self.id)
        )
        begin, end = self.aware_at, self.restored_at
        edges = {end, *others.mapped("restored_at"), *_months_between(begin, end, zone)}
        found, counted, since = [], 0, begin
        for edge in sorted(edge for edge in edges if edge <= end):
            passed = int((edge - begin).total_seconds() // 60)
            if passed > counted:
                then = others.filtered(lambda row, edge=edge: row.restored_at >= edge)
                month = since.replace(tzinfo=UTC).astimezone(zone).date().replace(day=1)
                found.append((month, passed - counted, then))
            counted, since = passed, edge
        return found

    def _counted_elsewhere(self, others, zone_id, households):
        """How many of the households of a zone ``others`` count for the same minutes.

        By the accounts that are in both areas, no more than they say; where no account is known,
        zones are the same or not.
        """
        if not others:
            return 0
        in_zone = Domain("zone_id", "=", zone_id)
        accounts = self.env["water.account"].sudo()
        known = accounts.search_count(self._homes_domain() & in_zone)
        theirs = Domain.OR(row._homes_domain() for row in others)
        both = accounts.search_count(self._homes_domain() & theirs & in_zone) if known else 0
        if not known and zone_id:
            both = known = int(zone_id in others.zone_ids.ids)
        said = sum(row._households_by_zone().get(zone_id, 0) for row in others)
        return min(households * both // known, said) if known else 0

    def _homes_domain(self):
        return self._accounts_domain() & Domain("customer_class", "=", "household")

    def _households_by_zone(self):
        """``{zone id: households}``; they add up to what the incident says.

        Shares go by the accounts of the area; where none is known, each zone has the same.
        """
        # sudo: water.account - counted, not shown
        accounts = self.env["water.account"].sudo()
        groups = accounts._read_group(self._homes_domain(), ["zone_id"], ["__count"])
        shares = {zone.id: count for zone, count in groups} or dict.fromkeys(
            self.zone_ids.ids or [False], 1
        )
        total, given, weight, found = sum(shares.values()), 0, 0, {}
        for zone_id, share in shares.items():
            weight += share
            until = self.households * weight // total
            found[zone_id], given = until - given, until
        return found


def _months_between(begin, end, zone):
    """Naive UTC moments at which a month begins by the clock of ``zone``."""
    month = begin.replace(tzinfo=UTC).astimezone(zone).date().replace(day=1)
    while True:
        month += relativedelta(months=1)
        moment = datetime(month.year, month.month, 1, tzinfo=zone).astimezone(UTC)
        moment = moment.replace(tzinfo=None)
        if moment >= end:
            return
        yield moment
