import base64
import re
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from ...base.trust import trusted
from ...base.words import strip_invisible
from ...case.outline import read_outline
from ...intake import uploads
from ...intake.filing import clean_text
from ...visit.models.water_visit import OPEN_STATES
from .water_dispatch import day_of

#: Photos of one visit, at most.
MOST_PHOTOS = 40
#: Longest report and longest name, in characters.
LONGEST_RESULT, LONGEST_NAME = 4000, 100
#: A meter reading: cubic metres, with at most three decimals.
READING = re.compile(r"\d{1,9}(?:\.\d{1,3})?")
#: Most stops of a day.
MOST = 60
PLACE = re.compile(r"(-?\d+\.\d+), (-?\d+\.\d+)")


class WaterVisit(models.Model):
    """A worker's acts on the way and at the door, by telephone."""

    _inherit = "water.visit"

    field_dispatch_id = fields.Many2one(
        "water.dispatch",
        string="Set out for",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The dispatch for a visit without an appointment.",
    )
    on_way_at = fields.Datetime(string="On the Way Since", readonly=True)
    meter_reading = fields.Float(string="Meter Reading (m³)", digits=(12, 3), readonly=True)
    has_reading = fields.Boolean(string="Meter Read", readonly=True)

    def _field_check(self):
        """Check that the user may go there and is not barred from the case.

        :raises AccessError: for people of other departments, and for another user's visit
        """
        self.check_access("write")
        user = self.env.user
        if self.department_id not in user.water_department_ids:
            words = {"department": self.department_id.name}
            raise AccessError(self.env._("This is for people of %(department)s.", **words))
        if self.user_id - user:
            words = {"person": self.user_id.sudo().name}
            text = self.env._(
                "%(person)s goes there. To take over, change the visitor on the visit."
            )
            raise AccessError(text % words)
        self._case()._check_handler(user)

    def _field_accept(self, _values, _files):
        self._check_state(*OPEN_STATES)
        self._accept_work()
        self._field_take()

    def _field_take(self):
        if not self.user_id:
            trusted(self.sudo()).write({"user_id": self.env.uid})

    def _field_moment(self, told):
        """Return the moment that counts for an act reported later.

        Not before the work existed. A limit missed when the report came stays missed: a second
        person excuses it, not a clock that its owner can set.

        :param told: naive UTC, by the telephone's clock
        """
        now = fields.Datetime.now()
        # sudo: clocks, dispatch - of a visit that the user has been found to work on
        mine = self.sudo()
        onsite = mine._case()._open_clocks().filtered(lambda clock: clock.kind == "on_site")
        clocks = (mine.deadline_ids | onsite).filtered(lambda row: row.due_at and not row.met_at)
        if any(told <= clock.due_at < now for clock in clocks):
            return now
        clocked = min(mine.deadline_ids.mapped("started_at"), default=told)
        asked = mine.field_dispatch_id.sent_at or clocked
        return max(told, self.arrived_at or self.on_way_at or asked)

    def _field_on_way(self, values, _files):
        """Record that the worker is on the way, which the customer's page shows."""
        self._check_turn("planned", "confirmed")
        self._field_accept(values, ())
        if not self.on_way_at:
            at = self._field_moment(values["at"])
            trusted(self.sudo()).on_way_at = at
            self._case()._log_events("visit_on_way", self._payload(), at=at)

    def _field_arrive(self, values, _files):
        """Record the arrival, whether or not the work was accepted before."""
        if self.state == "arrived":
            return
        self._check_turn("planned", "confirmed")
        names = ("latitude", "longitude", "accuracy")
        place = self._read_position(*(values.get(name) or None for name in names))
        self._arrive(self._field_moment(values["at"]), place)

    # -- on site --------------------------------------------------------------------------------

    def _field_photo(self, _values, files):
        self._check_turn("arrived")
        if not files:
            raise ValidationError(self.env._("There was no photo in what was sent."))
        if len(self.sudo().photo_ids) + len(files) > MOST_PHOTOS:
            raise ValidationError(self.env._("A visit has %s photos at most.", MOST_PHOTOS))
        faults = self.env["water.upload.mixin"]._file_faults(files)
        if faults:
            raise ValidationError("\n".join(faults))
        rows = [self._field_file(*file) for file in self.env["water.upload.mixin"]._cleaned(files)]
        # sudo: ir.attachment - of a visit that the user has been found to work on
        photos = self.env["ir.attachment"].sudo().with_context(image_no_postprocess=True)
        photos = photos.create(rows)
        self.write({"photo_ids": [Command.link(photo.id) for photo in photos]})

    def _field_file(self, name, content, mimetype, is_unscanned):
        """Return the values of an attachment; non-pictures are refused when it is linked."""
        return {
            "name": name,
            "raw": content,
            "mimetype": mimetype,
            "water_unscanned": is_unscanned,
            "res_model": self._name,
            "res_id": self.id,
        }

    def _field_reading(self, values, _files):
        self._check_turn("arrived")
        text = clean_text(values.get("reading")).replace(",", ".").replace("。", ".")
        if not READING.fullmatch(text):
            raise ValidationError(
                self.env._("Enter the reading in cubic metres, as the meter shows it: 1234.567")
            )
        trusted(self.sudo()).write({"meter_reading": float(text), "has_reading": True})

    def _field_sign(self, values, files):
        """Store the customer's signature."""
        self._check_turn("arrived")
        name = clean_text(values.get("signed_by"))
        if not name or len(name) > LONGEST_NAME:
            raise ValidationError(self.env._("Who signs? Enter the name."))
        drawn = [stream for _name, stream in files][:1]
        if not drawn or uploads.sniff(drawn[0]) != "image/png":
            raise ValidationError(self.env._("There was no signature in what was sent."))
        cleaned = self.env["water.upload.mixin"]._cleaned([("signature.png", drawn[0])])
        self.write({"signed_by": name, "signature": base64.b64encode(cleaned[0][1])})

    def _field_report(self, values, _files):
        """Take the report of the visit, also of one that was cancelled meanwhile."""
        outcome, result = clean_text(values.get("outcome")), clean_text(values.get("result"))
        if outcome not in dict(self._fields["outcome"].selection):
            raise ValidationError(self.env._("Choose how it went."))
        if len(result) > LONGEST_RESULT:
            words = {"limit": LONGEST_RESULT}
            text = self.env._("The report has more than %(limit)s characters.", **words)
            raise ValidationError(text)
        at = self._field_moment(values["at"])
        if self.state not in OPEN_STATES:
            self._report_after_end({"outcome": outcome, "result": result}, at)
            return
        if self.state != "arrived":
            self._arrive(at)
        self.write({"outcome": outcome, "result": result})
        self._finish(at)
        if values.get("is_all") == "1":
            self._report_work()

    def _report_after_end(self, values, at):
        """Keep a report on a visit that was finished or cancelled while its author was away."""
        if not strip_invisible(values["result"]):
            raise UserError(self.env._("Choose the outcome and write down what was done."))
        case = self._case()
        case._check_unsealed()
        case._log_events("visit_finished", self._payload(**values), at=at)
        # sudo: water.dispatch - the author was allowed to do the work
        rows = self.sudo()._case().dispatch_ids
        mine = rows.filtered(lambda row: row.department_id == self.department_id)
        latest = mine.sorted("id")[-1:]
        latest._add_to_report(values["result"])
        latest._answer_desk(values["result"])

    def _report_work(self):
        others = self._case()._open_visits()
        if not others.filtered(lambda row: row.department_id == self.department_id):
            self._work("accepted").action_finish()

    def _finish(self, at=None):
        super()._finish(at=at)
        account = self._case().sudo().account_id
        if self.has_reading and account:
            day = account.company_id._water_today(self.finished_at)
            values = {"read_on": day, "value": self.meter_reading, "kind": "read"}
            number = f"{self._case().name}/{self.id}"
            self.env["water.account.reading"]._receive(account, number, values)

    # -- day -----------------------------------------------------------------------------------
    # A field worker's day as stored on the telephone: plain values.

    @api.model
    @api.readonly
    def field_day(self):
        """Return the present user's stops of today, in order, with a map.

        Names and numbers of customers are masked; a reveal is logged.

        :return: ``{"stops": [...], "waiting": [...], "map", "outcomes", "limits", "day"}``
        :raises AccessError: for users without a department
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
        """Return ``(begin, end)`` of today in the company's time zone, naive UTC."""
        return day_of(fields.Datetime.now(), self.env.company._water_tz())

    @api.model
    def _field_visits_today(self):
        begin, end = self._field_today()
        departments = self.env.user.water_department_ids
        domain = Domain("department_id", "in", departments.ids)
        still = Domain("state", "in", OPEN_STATES) & Domain("slot_from", "<", end)
        still &= Domain("user_id", "in", (False, self.env.uid))
        done = Domain("state", "=", "done") & Domain("finished_at", ">=", begin)
        done &= Domain("user_id", "=", self.env.uid)
        return self.search(domain & (still | done), order="slot_from, id", limit=MOST)

    def _field_once(self, work):
        """Leave out finished visits of cases with a new stop today.

        :param work: water.dispatch recordset of the day without a planned visit
        """
        shown = {row._case() for row in work}
        kept = self.browse()
        for visit in self.sorted(lambda row: (row.state != "done", row.id), reverse=True):
            if visit.state != "done" or visit._case() not in shown:
                kept |= visit
            shown.add(visit._case())
        return self & kept

    def _field_belongs(self, dispatch):
        trusted(self.sudo()).field_dispatch_id = dispatch

    # -- one stop -------------------------------------------------------------------------------

    def _field_row(self):
        """Return the row of the day for a visit."""
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
        """Return the common values of visits and dispatches: case, place, contact.

        :param work: a visit or a dispatch that the user may read
        """
        # sudo: case - workers must find the place; the contact stays masked
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
        """Return the customer's later messages, without the name."""
        found = case.event_ids.filtered(lambda event: event.kind == "customer_message")
        words = [(event.payload or {}).get("text") for event in found.sorted("id")]
        return "\n\n".join(text for text in words if text)

    @api.model
    def _field_geo(self, case, spot):
        if not (spot or case.address):
            return ""
        here = ",".join(f"{part:.6f}" for part in spot or (0, 0))
        words = f"{case.company_id.city or ''}{case.address or ''}"
        return f"geo:{here}?q={quote(words)}" if words else f"geo:{here}"

    # -- the map --------------------------------------------------------------------------------

    @api.model
    def _field_map(self, stops):
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
        if stop["spot"]:
            x, y = drawing.spot(*reversed(stop["spot"]))
            return (x, y) if 0 <= x <= drawing.width and 0 <= y <= drawing.height else None
        # sudo: water.zone - outlines are public
        outline = self.env["water.zone"].sudo().browse(stop["zone"]).outline
        return drawing.middle(read_outline(outline)) if outline else None
