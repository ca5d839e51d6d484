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
    facts are corrected.
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
    household_minutes = fields.Integer(string="Minutes × Households", readonly=True)
    company_id = fields.Many2one(related="incident_id.company_id", store=True, index=True)


class WaterIncident(models.Model):
    _inherit = "water.incident"

    minutes_ids = fields.One2many(
        "water.outage.minutes", "incident_id", string="Minutes × Households"
    )

    def write(self, vals):
        result = super().write(vals)
        if FACTS & vals.keys():
            self.filtered("restored_at")._count_minutes()
        return result

    def _count_minutes(self):
        """Keep the minutes × households of incidents that are over, of each zone and month."""
        # sudo: water.outage.minutes - written by this service alone
        rows = trusted(self.env["water.outage.minutes"].sudo())
        rows.search([("incident_id", "in", self.ids)]).unlink()
        for incident in self.filtered("kind_id.counts_minutes"):
            homes = incident._households_by_zone()
            rows.create(
                [
                    {
                        "incident_id": incident.id,
                        "zone_id": zone_id,
                        "month": month,
                        "is_planned": incident.is_planned,
                        "minutes": minutes,
                        "households": households,
                        "household_minutes": minutes * households,
                    }
                    for month, minutes in incident._minutes_by_month()
                    for zone_id, households in homes.items()
                ]
            )

    def _minutes_by_month(self):
        """``[(first day of a month, minutes)]`` without supply, by the company's calendar."""
        zone = ZoneInfo(self.company_id.sudo()._water_tz())
        begin, end = (
            moment.replace(tzinfo=UTC).astimezone(zone)
            for moment in (self.aware_at, self.restored_at)
        )
        found, counted, month = [], 0, begin.date().replace(day=1)
        while month <= end.date():
            after = month + relativedelta(months=1)
            until = min(end, datetime(after.year, after.month, 1, tzinfo=zone))
            passed = int((until.timestamp() - begin.timestamp()) // 60)
            found.append((month, passed - counted))
            counted, month = passed, after
        return [(month, minutes) for month, minutes in found if minutes]

    def _households_by_zone(self):
        """``{zone id: households}``; they add up to what the incident says.

        Shares go by the accounts of the area; where none is known, each zone has the same.
        """
        homes = self._accounts_domain() & Domain("customer_class", "=", "household")
        # sudo: water.account - counted, not shown
        groups = self.env["water.account"].sudo()._read_group(homes, ["zone_id"], ["__count"])
        shares = {zone.id: count for zone, count in groups} or dict.fromkeys(
            self.zone_ids.ids or [False], 1
        )
        total, given, weight, found = sum(shares.values()), 0, 0, {}
        for zone_id, share in shares.items():
            weight += share
            until = self.households * weight // total
            found[zone_id], given = until - given, until
        return found
