import base64
import re
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from ...base.trust import trusted
from ...base.words import said
from ...case.outline import read_outline
from ...intake import uploads
from ...intake.filing import clean_text
from ...visit.models.water_visit import OPEN_STATES
from .water_dispatch import day_of

#: Photos of one visit, at most.
MOST_PHOTOS = 40
#: Longest report and longest name, in characters.
LONGEST_RESULT, LONGEST_NAME = 4000, 100
#: What a meter shows: cubic metres, with three decimals at most.
READING = re.compile(r"\d{1,9}(?:\.\d{1,3})?")
#: So many stops fit on a day.
MOST = 60
PLACE = re.compile(r"(-?\d+\.\d+), (-?\d+\.\d+)")


class WaterVisit(models.Model):
    """What whoever goes there does on the way and at the door, by his telephone."""

    _inherit = "water.visit"

    field_dispatch_id = fields.Many2one(
        "water.dispatch",
        string="Set out for",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The dispatch for which somebody set out without an appointment.",
    )
    on_way_at = fields.Datetime(string="On the Way Since", readonly=True)
    meter_reading = fields.Float(string="Meter Reading (m³)", digits=(12, 3), readonly=True)
    has_reading = fields.Boolean(string="Meter Read", readonly=True)

    def _field_check(self):
        """Whoever acts goes there himself, and is not kept out of the case.

        :raises AccessError: for people of other departments, and for another's visit
        """
        self.check_access("write")
        user = self.env.user
        if self.department_id not in user.water_department_ids:
            words = {"department": self.department_id.name}
            raise AccessError(self.env._("This is for people of %(department)s.", **words))
        if self.user_id - user:
            words = {"person": self.user_id.sudo().name}
            text = self.env._("%(person)s goes there. Whoever takes over says so in the visit.")
            raise AccessError(text % words)
        self._case()._check_handler(user)

    def _field_accept(self, _values, _files):
        """The department takes the work, and he goes."""
        self._check_state(*OPEN_STATES)
        self._accept_work()
        self._field_take()

    def _field_take(self):
        if not self.user_id:
            trusted(self.sudo()).write({"user_id": self.env.uid})

    def _field_moment(self, told):
        """When something counts that the telephone tells of later.

        Not before there was something to do. What was missed by the time we heard of it stays
        missed: whether that is excused says a second person, not a clock that its owner can set.

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
        """He has set out; the customer reads it on his page."""
        self._check_turn("planned", "confirmed")
        self._field_accept(values, ())
        if not self.on_way_at:
            at = self._field_moment(values["at"])
            trusted(self.sudo()).on_way_at = at
            self._case()._log_events("visit_on_way", self._payload(), at=at)

    def _field_arrive(self, values, _files):
        """He is there, whether or not the work was accepted before."""
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
        """Values of an attachment; what is no picture is refused when it is linked."""
        return {
            "name": name,
            "raw": content,
            "mimetype": mimetype,
            "water_unscanned": is_unscanned,
            "res_model": self._name,
            "res_id": self.id,
        }

    def _field_reading(self, values, _files):
        """What the meter shows; a later reading takes the place of an earlier one."""
        self._check_turn("arrived")
        text = clean_text(values.get("reading")).replace(",", ".").replace("。", ".")
        if not READING.fullmatch(text):
            raise ValidationError(
                self.env._("Enter the reading in cubic metres, as the meter shows it: 1234.567")
            )
        trusted(self.sudo()).write({"meter_reading": float(text), "has_reading": True})

    def _field_sign(self, values, files):
        """The customer signs with his finger."""
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
        if not said(values["result"]):
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
        """The department's work is done with this visit, unless another one is to come."""
        others = self._case()._open_visits()
        if not others.filtered(lambda row: row.department_id == self.department_id):
            self._work("accepted").action_finish()

    def _finish(self, at=None):
        """What the meter showed stands on the account as well, for whoever looks it up there."""
        super()._finish(at=at)
        account = self._case().sudo().account_id
        if self.has_reading and account:
            day = account.company_id._water_today(self.finished_at)
            values = {"read_on": day, "value": self.meter_reading, "kind": "read"}
            number = f"{self._case().name}/{self.id}"
            self.env["water.account.reading"]._receive(account, number, values)

    # -- day -----------------------------------------------------------------------------------
    # The day of whoever goes to customers, as his telephone keeps it: plain values.

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
