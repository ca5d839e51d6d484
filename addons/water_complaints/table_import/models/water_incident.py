import re

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.water_service_desk.intake.filing import parse_local


class WaterIncident(models.Model):
    """Planned outages from a table, imported as drafts to be checked and announced.

    Zones and beginning identify an outage; one that has begun or ended is not changed by a table.
    """

    _inherit = "water.incident"

    _table_columns = {
        "subject": ("停水事项", "Subject"),
        "zones": ("供水片区", "Supply Zones"),
        "begin": ("停水开始", "Begins"),
        "end": ("预计恢复", "Announced End"),
        "address": ("停水范围", "Place"),
        "cause": ("停水原因", "Cause"),
    }
    _table_example = (
        *("东城路管网改造停水", "东城片区、西城片区", "2026-10-20 08:00", "2026-10-20 18:00"),
        *("东城路1号至40号", "旧管更换"),
    )

    @api.model
    def _take_row(self, told):
        """As :meth:`water.account._take_row`."""
        zones = self._table_zones(told.get("zones"))
        begin, end = (self._table_moment(told.get(name)) for name in ("begin", "end"))
        if not told.get("subject"):
            raise ValidationError(self.env._("The subject is missing."))
        if end <= begin:
            raise ValidationError(self.env._("An outage ends after it begins."))
        values = {"subject": told["subject"], "announced_end_at": end}
        values |= {name: told[name] for name in ("address", "cause") if told.get(name)}
        known = self._table_known(zones, begin)
        if not known:
            kind = self.env["water.incident.kind"]._fitting("outage", True)
            values |= {"kind_id": kind.id, "aware_at": begin, "zone_ids": zones.ids}
            self.create(values)
            return "created", ""
        fresh = {name: value for name, value in values.items() if known[name] != value}
        if fresh and known.state != "proposed":
            raise UserError(self.env._("%s has begun: change it there.", known.name))
        labels = [self._fields[name]._description_string(self.env) for name in fresh]
        if fresh:
            known.write(fresh)
        return "changed" if fresh else "unchanged", ", ".join(labels)

    @api.model
    def _table_known(self, zones, begin):
        here = [("is_planned", "=", True), ("aware_at", "=", begin), ("state", "!=", "dismissed")]
        found = self.search([*here, ("company_id", "=", self.env.company.id)])
        return found.filtered(lambda incident: incident.zone_ids == zones)[:1]

    @api.model
    def _table_zones(self, text):
        names = [name for name in re.split(r"[、,，;；]\s*", text or "") if name]
        if not names:
            raise ValidationError(self.env._("Name the zones."))
        zones = self.env["water.zone"]
        return zones.union(*(zones._table_zone(name.strip()) for name in names)).sorted()

    @api.model
    def _table_moment(self, text):
        moment = parse_local((text or "").replace("/", "-"), self.env.company._water_tz())
        if not moment:
            raise ValidationError(self.env._("Write times like 2026-10-13 17:30."))
        return moment
