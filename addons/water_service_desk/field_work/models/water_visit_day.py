import re
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...base.trust import trusted
from ...case.outline import read_outline
from ...visit.models.water_visit import OPEN_STATES
from .water_dispatch import day_of
from .water_visit_acts import LONGEST_NAME, LONGEST_RESULT, MOST_PHOTOS

#: So many stops fit on a day.
MOST = 60
PLACE = re.compile(r"(-?\d+\.\d+), (-?\d+\.\d+)")


class WaterVisit(models.Model):
    """The day of whoever goes to customers, as his telephone keeps it: plain values."""

    _inherit = "water.visit"

    @api.model
    @api.readonly
    def field_day(self):
        """What the present user has to do in the field today, in order, with a map.

        Names and numbers of customers are masked; who needs them asks by the eye.

        :return: ``{"stops": [...], "waiting": [...], "map", "outcomes", "limits", "day"}``
        :raises AccessError: for whoever is in no department
        """
        if not self.env.user.water_department_ids:
            raise AccessError(self.env._("This page is for people of the departments."))
        work = self.env["water.dispatch"]._field_waiting()
        stops = [visit._field_row() for visit in self._field_visits_today()._field_once(work)]
        waiting = [row._field_row() for row in work]
        return {
            "day": self.env.company._water_today().isoformat(),
            "stops": stops,
            "waiting": waiting,
            "map": self._field_map([*stops, *waiting]),
            "outcomes": self._fields["outcome"]._description_selection(self.env),
            "limits": {"photos": MOST_PHOTOS, "result": LONGEST_RESULT, "name": LONGEST_NAME},
        }

    @api.model
    def _field_today(self):
        """``(begin, end)`` of today where the company works, naive UTC."""
        return day_of(fields.Datetime.now(), self.env.company._water_tz())

    @api.model
    def _field_visits_today(self):
        """His own visits and those of nobody, open ones of earlier days first, and what he did."""
        begin, end = self._field_today()
        departments = self.env.user.water_department_ids
        domain = Domain("department_id", "in", departments.ids)
        still = Domain("state", "in", OPEN_STATES) & Domain("slot_from", "<", end)
        still &= Domain("user_id", "in", (False, self.env.uid))
        done = Domain("state", "=", "done") & Domain("finished_at", ">=", begin)
        done &= Domain("user_id", "=", self.env.uid)
        return self.search(domain & (still | done), order="slot_from, id", limit=MOST)

    def _field_once(self, work):
        """Leave out finished visits of cases that stand in the day again.

        :param work: water.dispatch recordset of the day without a visit to come
        """
        shown = {row._case() for row in work}
        kept = self.browse()
        for visit in self.sorted(lambda row: (row.state != "done", row.id), reverse=True):
            if visit.state != "done" or visit._case() not in shown:
                kept |= visit
            shown.add(visit._case())
        return self & kept

    def _field_belongs(self, dispatch):
        """Keep for which dispatch somebody has set out."""
        trusted(self.sudo()).field_dispatch_id = dispatch

    # -- one stop -------------------------------------------------------------------------------

    def _field_row(self):
        """What the day tells of a visit."""
        dispatch, now = self.field_dispatch_id, fields.Datetime.now()
        return self._field_facts(self) | {
            "stop": f"dispatch-{dispatch.id}" if dispatch else f"visit-{self.id}",
            "state": self._field_state(),
            "slot": self._field_slot(),
            "begin": fields.Datetime.to_string(self.slot_from),
            "is_late": self.state in ("planned", "confirmed") and self.slot_to < now,
            "note": self.purpose or "",
            "who": self.user_id.sudo().name or "",
            "change_asked": bool(self.change_asked_at),
            # sudo: ir.attachment - how many there are
            "photos": len(self.sudo().photo_ids),
            "reading": f"{self.meter_reading:g}" if self.has_reading else "",
            "signed_by": self.signed_by or "",
            "outcome": self.outcome or "",
            "result": self.result or "",
        }

    def _field_state(self):
        """``new``, ``accepted``, ``on_way``, ``arrived``, ``done`` or ``cancelled``."""
        if self.state in ("arrived", "done", "cancelled"):
            return self.state
        if self._work("sent") or self.user_id != self.env.user:
            return "new"
        return "on_way" if self.on_way_at else "accepted"

    def _field_slot(self):
        here = self.with_context(tz=self.company_id._water_tz())
        begin, end = (
            fields.Datetime.context_timestamp(here, moment)
            for moment in (self.slot_from, self.slot_to)
        )
        day = "" if begin.date() == here.company_id._water_today() else f"{begin:%m-%d} "
        return f"{day}{begin:%H:%M}–{end:%H:%M}"

    @api.model
    def _field_facts(self, work):
        """What is the same of both: the case, the place, whom he meets.

        :param work: a visit or a dispatch that the user may read
        """
        # sudo: case - whoever goes must find the place; the contact stays masked
        case = work.sudo()._case()
        place = PLACE.match(case.position or "")
        spot = [float(part) for part in place.groups()] if place else None
        return {
            "model": work._name,
            "id": work.id,
            "number": case.name,
            "subject": case.subject,
            "severity": case.severity,
            "address": work.case_address or "",
            "contact": work.case_contact or "",
            "can_reveal": work.can_reveal,
            "words": self._field_words(case),
            "spot": spot,
            "zone": case.zone_id.id,
            "geo": self._field_geo(case, spot),
            "meter": case.account_id.meter_no or "",
        }

    @api.model
    def _field_words(self, case):
        """What the customer has added since, without his name."""
        found = case.event_ids.filtered(lambda event: event.kind == "customer_message")
        words = [(event.payload or {}).get("text") for event in found.sorted("id")]
        return "\n\n".join(text for text in words if text)

    @api.model
    def _field_geo(self, case, spot):
        """A ``geo:`` link (RFC 5870) that the telephone opens with its own map."""
        if not (spot or case.address):
            return ""
        here = ",".join(f"{part:.6f}" for part in spot or (0, 0))
        words = f"{case.company_id.city or ''}{case.address or ''}"
        return f"geo:{here}?q={quote(words)}" if words else f"geo:{here}"

    # -- the map --------------------------------------------------------------------------------

    @api.model
    def _field_map(self, stops):
        """The zones with today's stops, numbered as in the list; "" when no zone has an outline."""
        zones, company = self.env["water.zone"], self.env.company
        drawing, drawn = zones._map(company, zones._looks(company))
        if not drawn:
            return ""
        numbered = enumerate(stops, 1)
        spots = [(number, stop, self._field_spot(drawing, stop)) for number, stop in numbered]
        values = {"drawn": drawn, "spots": [row for row in spots if row[2]]}
        return self.env["ir.qweb"]._render("water_service_desk.field_map", values)

    @api.model
    def _field_spot(self, drawing, stop):
        """Where a stop is drawn: at its place, or in the middle of its zone, or nowhere."""
        if stop["spot"]:
            x, y = drawing.spot(*reversed(stop["spot"]))
            return (x, y) if 0 <= x <= drawing.width and 0 <= y <= drawing.height else None
        # sudo: water.zone - outlines are public
        outline = self.env["water.zone"].sudo().browse(stop["zone"]).outline
        return drawing.middle(read_outline(outline)) if outline else None
