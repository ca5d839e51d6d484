import math
from datetime import timedelta
from io import BytesIO

from babel import dates

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, babel_locale_parse

from ...base import windows
from ...base.files import Files
from ...base.moments import is_late, which_of_two
from ...base.roles import SUPERVISOR
from ...base.trust import is_trusted, trusted
from ...base.words import strip_invisible
from ...intake import uploads

#: A slot is something a customer can wait for.
LONGEST_SLOT = timedelta(hours=12)
#: fields that visiting staff edit; buttons change all others
WORK_FIELDS = frozenset({"outcome", "result", "photo_ids", "signature", "signed_by"})
OPEN_STATES = ("planned", "confirmed", "arrived")


def _missed_sql(model, alias, query):
    names = (model._field_to_sql(alias, name, query) for name in ("missed_at", "slot_to"))
    return SQL("%s IS NOT DISTINCT FROM %s", *names)


#: limits of latitude and longitude, in degrees
MAX_LATITUDE, MAX_LONGITUDE = 90, 180


class WaterVisit(models.Model):
    """An appointment at the customer's address, and its result (上门服务).

    The end of the slot is a promise with its own clock: arriving in time keeps it, and the
    scheduled action marks it missed otherwise.
    """

    _name = "water.visit"
    _inherit = [
        "water.never.deleted.mixin",
        "water.reveal.link.mixin",
        "water.case.link.mixin",
        "water.mixin",
    ]
    _personal = ("signed_by", "signature")
    _description = "Visit"
    _package = (
        *("purpose", "state", "slot_from", "slot_to", "confirmed_at", "change_reason"),
        "missed_at",
    )
    _order = "slot_from, id"
    _rec_name = "case_name"
    _check_company_auto = True
    _sealed_with_case = True
    _dossier_order = 25
    _dossier = True
    _in_hand = dict.fromkeys(("user_id", "department_id"), [("state", "in", OPEN_STATES)])

    department_id = fields.Many2one(
        "water.department", required=True, index=True, ondelete="restrict", check_company=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Who Goes",
        index="btree_not_null",
        domain="[('share', '=', False), ('water_department_ids', '=', department_id)]",
    )
    purpose = fields.Char(help="What is to be done there.")
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("confirmed", "Confirmed"),
            ("arrived", "Has arrived"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="planned",
        index=True,
        group_expand=True,
    )
    slot_from = fields.Datetime(string="Begins", required=True, readonly=True, index=True)
    slot_to = fields.Datetime(string="Ends", required=True, readonly=True)
    slot_text = fields.Char(string="Appointment", compute="_compute_slot_text")
    confirmed_at = fields.Datetime(readonly=True)
    confirmed_by = fields.Selection(
        [("customer", "Customer"), ("staff", "Staff")],
        readonly=True,
        help="Who said that the time suits: the customer on their page, or staff on the phone.",
    )
    reschedule_count = fields.Integer(string="Times Moved", readonly=True)
    change_reason = fields.Char(readonly=True, help="Why it was moved or cancelled last.")
    changed_by = fields.Selection(
        [("customer", "Customer"), ("company", "Company")], string="Asked for by", readonly=True
    )
    notice_hours = fields.Float(
        readonly=True, help="Hours before the slot at which it was moved or cancelled last."
    )
    missed_at = fields.Datetime(
        readonly=True, index="btree_not_null", help="End of the missed slot."
    )
    is_missed = fields.Boolean(
        string="Missed",
        compute="_compute_is_missed",
        search="_search_is_missed",
        help="The last agreed slot was missed.",
    )
    deadline_ids = fields.One2many("water.deadline", "visit_id", string="Time Limits")
    case_address = fields.Char(
        string="Address", compute="_compute_case_facts", water_mask="address"
    )
    case_contact = fields.Char(string="Customer", compute="_compute_case_facts")
    case_severity = fields.Char(compute="_compute_case_facts", export_string_translation=False)
    is_worker = fields.Boolean(compute="_compute_is_worker", export_string_translation=False)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _slot_sane = models.Constraint(
        "CHECK (slot_to > slot_from)", "An appointment ends after it begins."
    )

    arrived_at = fields.Datetime(readonly=True)
    finished_at = fields.Datetime(readonly=True)
    latitude = fields.Float(digits=(10, 7), readonly=True, help="Where the phone was on arrival.")
    longitude = fields.Float(digits=(10, 7), readonly=True)
    position_accuracy = fields.Float(string="Accuracy (m)", readonly=True)
    has_position = fields.Boolean(readonly=True)
    outcome = fields.Selection(
        [
            ("done", "Done"),
            ("follow_up", "Another Visit Needed"),
            ("no_access", "No one at home"),
            ("not_needed", "Nothing to do"),
        ],
        string="Outcome of the Visit",
    )
    result = fields.Text(string="What Was Found and Done")
    photo_ids = Files(
        "ir.attachment", "water_visit_photo_rel", "visit_id", "attachment_id", string="Photos"
    )
    signature = fields.Binary(string="Customer's Signature", attachment=True)
    signed_by = fields.Char(help="Name of the person who signed.", water_mask="name")

    @api.depends("slot_from", "slot_to")
    @api.depends_context("lang", "tz")
    def _compute_slot_text(self):
        for visit in self:
            zone = visit.company_id._water_reader_tz()
            visit.slot_text = visit.slot_from and visit._slot_for(zone)

    @api.depends("missed_at", "slot_to")
    def _compute_is_missed(self):
        """A missed slot that was replaced by another one stays in the history only."""
        for visit in self:
            visit.is_missed = bool(visit.missed_at) and visit.missed_at == visit.slot_to

    def _search_is_missed(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return []
        missed = Domain("missed_at", "!=", False) & Domain.custom(to_sql=_missed_sql)
        return missed if True in value else ~missed

    @api.depends(lambda self: ("state", *self._case_models()))
    @api.depends_context("uid")
    def _compute_case_facts(self):
        for visit in self:
            # sudo: case - the visitor needs the address and the customer's name
            case = visit.sudo()._case()
            at_work = visit.state in OPEN_STATES or case._reads_contact()
            visit.case_address = case.address if at_work else case.address_masked
            visit.case_contact = f"{case.contact_masked} {case.phone_masked}".strip()
            visit.case_severity = case.severity

    @api.depends("department_id")
    @api.depends_context("uid")
    def _compute_is_worker(self):
        for visit in self:
            visit.is_worker = visit._may_work()

    # -- guards -----------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            raise UserError(self.env._("Plan a visit with the button of the case."))
        return super().create(vals_list)

    def write(self, vals):
        if not is_trusted(self.env):
            if vals.keys() - WORK_FIELDS - {"user_id", "purpose"}:
                raise UserError(self.env._("Use the buttons of the visit."))
            self._check_state(*OPEN_STATES)
        result = super().write(vals)
        if "photo_ids" in vals:
            self._check_photos()
        if vals.get("user_id"):
            self._tell_worker()
        return result

    @api.model
    def _never_deleted_message(self):
        return self.env._("A visit is never deleted; cancel it instead.")

    def _is_open(self):
        return self.state in OPEN_STATES

    def _may_work(self):
        user = self.env.user
        return (
            self.env.su
            or user.has_group(SUPERVISOR)
            or self.department_id in user.water_department_ids
        )

    def _check_turn(self, *states, desk=False):
        """The department's people do the work; the desk makes and moves appointments too.

        :param states: in which the visit has to be
        :param desk: whether any agent may do it as well
        """
        self.check_access("write")
        self._check_state(*states)
        for visit in self:
            if not (visit._may_work() or (desk and visit._case()._is_desk())):
                raise AccessError(
                    self.env._(
                        "This is for people of %(department)s.",
                        department=visit.department_id.name,
                    )
                )

    def _check_state(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for visit in self:
            if visit.state not in states:
                raise UserError(
                    self.env._(
                        "%(case)s: the visit is “%(state)s” by now.",
                        case=visit.case_name,
                        state=labels[visit.state],
                    )
                )

    @api.model
    def _check_slot(self, slot_from, slot_to):
        """Require a slot in the future and of reasonable length; imports bring past ones."""
        if not slot_from or not slot_to or slot_to <= slot_from:
            raise ValidationError(self.env._("An appointment ends after it begins."))
        if slot_to - slot_from > LONGEST_SLOT:
            raise ValidationError(self.env._("That is too long to wait: 12 hours at most."))
        if slot_to <= fields.Datetime.now() and not self.env.su:
            raise ValidationError(self.env._("An appointment must lie in the future."))

    def _open_note(self):
        """Return why the case cannot be closed yet."""
        return self.env._(
            "a visit is still open: %(department)s, %(slot)s",
            department=self.department_id.name,
            slot=self._slot_for(self.company_id._water_reader_tz()),
        )

    # -- making and moving appointments -------------------------------------------------------

    def _announce_plan(self):
        self._start_promise()
        self._case()._log_events("visit_planned", self._payload())
        self._tell_customer()
        self._tell_worker()
        self._end_asked()

    def _start_promise(self):
        case = self.sudo()._case()
        # the promise in the customer's language
        localized = self.with_context(lang=case._customer_lang())
        label = localized.env._("Visit %s", localized._slot_for(case._customer_tz()))
        row = case._given_clock("promise", self.slot_to, label) | {"visit_id": self.id}
        self.env["water.deadline"]._start([row])

    def _payload(self, **more):
        return {
            "department": self.department_id.code,
            "from": self.slot_from.isoformat(),
            "to": self.slot_to.isoformat(),
            **more,
        }

    def _hand_to(self, department):
        for visit in trusted(self.sudo()):
            visit.write({"department_id": department.id, "user_id": False})
            visit._case()._log_events("visit_handed", visit._payload())
            visit._tell_worker()

    def action_confirm(self):
        """Record that the customer has confirmed the time by phone."""
        self._check_turn("planned", desk=True)
        self._confirm("staff")
        return True

    def _confirm(self, by):
        """:param by: ``customer`` or ``staff``"""
        now = fields.Datetime.now()
        for visit in trusted(self.sudo()):
            visit.write({"state": "confirmed", "confirmed_at": now, "confirmed_by": by})
        for visit in self:
            visit._case()._log_events("visit_confirmed", visit._payload(by=by))

    def action_move(self):
        """Open the dialog that agrees on another time."""
        return self._change_dialog("move", self.env._("Move the Appointment"))

    def action_cancel(self):
        """Open the dialog that cancels the visit."""
        return self._change_dialog("cancel", self.env._("Cancel the Visit"))

    def _change_dialog(self, kind, title):
        self.ensure_one()
        self._check_turn("planned", "confirmed", desk=True)
        return windows.dialog(
            "water.visit.change.wizard",
            title,
            {"default_visit_id": self.id, "default_kind": kind, **self._change_defaults(kind)},
        )

    def _reschedule(self, slot_from, slot_to, reason, by):
        """Agree on another time: counted, with the reason; a missed slot stays on record.

        :param slot_from: naive UTC beginning of the new slot
        :param slot_to: naive UTC end of the new slot
        :param reason: why, required
        :param by: who asked for it, ``customer`` or ``company``
        """
        self.ensure_one()
        self._check_turn("planned", "confirmed", desk=True)
        self._check_slot(slot_from, slot_to)
        old = self._payload()
        by = self._asked_by(by)
        values = self._change_values(reason, by) | {
            "state": "planned",
            "slot_from": slot_from,
            "slot_to": slot_to,
            "confirmed_at": False,
            "confirmed_by": False,
            "change_asked_at": False,
            "reschedule_count": self.reschedule_count + 1,
        }
        self._drop_promise()
        trusted(self.sudo()).write(values)
        self._start_promise()
        self._case()._log_events(
            "visit_moved", self._payload(old_from=old["from"], reason=reason, by=by)
        )
        self._tell_customer()
        self._tell_worker()

    def _cancel(self, reason, by):
        by = self._asked_by(by)
        values = self._change_values(reason, by) | {"state": "cancelled", "change_asked_at": False}
        self._drop_promise()
        trusted(self.sudo()).write(values)
        self._case()._log_events("visit_cancelled", self._payload(reason=reason, by=by))
        self._tell_customer()
        self._tell_worker()

    def _change_values(self, reason, by):
        if not strip_invisible(reason):
            raise UserError(self.env._("Say why the appointment is changed."))
        ahead = (self.slot_from - fields.Datetime.now()).total_seconds() / 3600
        return {"change_reason": reason, "changed_by": by, "notice_hours": max(ahead, 0)}

    def _drop_promise(self):
        """Drop the clock of the slot, or mark the slot missed if it is over."""
        now = fields.Datetime.now()
        clocks = self.sudo().deadline_ids
        clocks.filtered(lambda c: c.state == "running" and is_late(c.due_at, now))._check(now)
        clocks._void()

    # -- work ----------------------------------------------------------------------------------
    # The day of a visit: coming, working, or not having come.

    # -- on site ------------------------------------------------------------------------------

    def action_arrive(self, latitude=None, longitude=None, accuracy=None):
        """We are there: keeps the promise of the slot and meets the arrival clock of the case.

        :param latitude: degrees from the phone's browser, when it gives them
        :param longitude: degrees
        :param accuracy: metres
        :raises ValidationError: for a place that is not on Earth
        """
        self._check_turn("planned", "confirmed")
        for visit in self:
            visit._arrive(position=visit._read_position(latitude, longitude, accuracy))
        return True

    @api.model
    def _read_position(self, latitude, longitude, accuracy):
        if latitude is None or longitude is None:
            return {}
        try:
            latitude, longitude = float(latitude), float(longitude)
            accuracy = max(float(accuracy or 0), 0)
        except (TypeError, ValueError):
            raise ValidationError(
                self.env._("The location is not valid. Please enter the address.")
            ) from None
        on_earth = abs(latitude) <= MAX_LATITUDE and abs(longitude) <= MAX_LONGITUDE
        if not (on_earth and math.isfinite(accuracy)):
            raise ValidationError(
                self.env._("The location is not valid. Please enter the address.")
            )
        position = {"latitude": latitude, "longitude": longitude, "has_position": True}
        return position | {"position_accuracy": accuracy}

    def _arrive(self, at=None, position=None):
        """Keep the arrival at ``at`` (naive UTC, now by default); it accepts the work as well."""
        self._accept_work()
        at = at or fields.Datetime.now()
        values = {"state": "arrived", "arrived_at": at, **(position or {})}
        if not self.user_id and self.department_id in self.env.user.water_department_ids:
            values["user_id"] = self.env.uid
        trusted(self.sudo()).write(values)
        self.sudo().deadline_ids._meet(at)
        place = {name: (position or {}).get(name) for name in ("latitude", "longitude")}
        self._case()._log_events("arrived", self._payload(**place), at=at)

    def _accept_work(self):
        """Accept the dispatch for the department of the visitor."""
        self._work("sent").action_accept()

    def _work(self, state):
        """The dispatches of the case to the department that goes, in a state."""
        # sudo: water.dispatch - finds the rows; accepting them checks the user's rights
        found = (
            self.sudo()
            ._case()
            .dispatch_ids.filtered(
                lambda row: row.state == state and row.department_id == self.department_id
            )
        )
        return found.with_env(self.env)

    def action_finish(self):
        """Finish the visit with its report and seal the photos.

        :raises UserError: without outcome or text
        """
        self._check_turn("arrived")
        for visit in self:
            visit._finish()
        return True

    def _finish(self, at=None):
        if not self.outcome or not strip_invisible(self.result):
            raise UserError(self.env._("Choose the outcome and write down what was done."))
        at = at or fields.Datetime.now()
        trusted(self.sudo()).write({"state": "done", "finished_at": at})
        self._case()._log_events("visit_finished", self._finish_payload(), at=at)
        for dispatch in self._work("accepted"):
            dispatch._add_to_report(self._report_text())
        self._case()._on_visit_finished(self)

    def _report_text(self):
        return "\n".join([strip_invisible(self.result), *self._report_facts()])

    def _report_facts(self):
        """Return the facts recorded at the visit, in the language of the environment."""
        here = self.with_context(tz=self.company_id._water_tz())
        arrived = fields.Datetime.context_timestamp(here, self.arrived_at)
        facts = [self.env._("Arrived: %s", f"{arrived:%Y-%m-%d %H:%M}")]
        # sudo: ir.attachment - how many there are
        photos = len(self.sudo().photo_ids)
        if photos:
            facts.append(self.env._("Photos: %s", photos))
        if self.has_reading:
            facts.append(self.env._("Meter reading: %s m³", f"{self.meter_reading:g}"))
        return facts

    def _finish_payload(self):
        """Return the text and the digests of the photos, so that exchanged files no longer
        match.
        """
        # sudo: ir.attachment - the seals of the files, not the files
        files = self.sudo().photo_ids
        payload = self._payload(
            outcome=self.outcome,
            result=self.result,
            photos={file.name: file.checksum for file in files},
            signed_by=self.signed_by or "",
        )
        if self.has_reading:
            payload["meter_reading"] = self.meter_reading
        return payload

    def _check_photos(self):
        for visit in self:
            # sudo: ir.attachment - the bytes are looked at, not handed out
            for file in visit.sudo().photo_ids:
                mimetype = uploads.sniff(BytesIO(file.raw or b""))
                if not (mimetype or "").startswith("image/"):
                    raise ValidationError(self.env._("“%(name)s” is no photo.", name=file.name))

    # -- nobody came --------------------------------------------------------------------------

    def _mark_missed(self):
        """Log missed slots and notify supervisors and customers.

        A customer who has asked for another time has not been let down.
        """
        missed = self.filtered(
            lambda visit: (
                visit.state in ("planned", "confirmed")
                and visit.missed_at != visit.slot_to
                and not visit.change_asked_at
            )
        )
        for visit in trusted(missed.sudo()):
            visit.missed_at = visit.slot_to
            visit._case()._log_events("visit_missed", visit._payload())
            visit._tell_supervisors()
            visit._tell_customer("water_service_desk.mail_template_visit_missed")
            visit._on_missed()

    def _on_missed(self):
        """Hook: an appointment was not kept."""

    # -- telling --------------------------------------------------------------------------------

    def _tell_customer(self, template="water_service_desk.mail_template_visit"):
        self.env["water.message"]._queue(self.env.ref(template), self)

    def _short_line(self):
        words = {"case": self._case().name, "slot": self._slot_for(self._case()._customer_tz())}
        if self.state == "cancelled":
            return self.env._("your appointment of %(slot)s for %(case)s is cancelled.", **words)
        if self.reschedule_count:
            return self.env._("your appointment for %(case)s is now on %(slot)s.", **words)
        return self.env._("our staff will visit you for %(case)s on %(slot)s.", **words)

    def _mail_subject(self):
        number = self._case().name
        if self.state == "cancelled":
            return self.env._("Your appointment has been cancelled – %(case)s", case=number)
        if self.reschedule_count:
            return self.env._("Your appointment has been moved – %(case)s", case=number)
        return self.env._("Your appointment with us – %(case)s", case=number)

    def _tell_worker(self):
        for visit in self.sudo():
            department = visit.department_id
            people = visit.user_id or department.on_call_user_ids or department.manager_id
            visit._tell_staff(people)

    def _tell_without_crew(self):
        """The department has returned the work: hand the visit on, or tell the customer."""
        visit = self.sudo()
        case = visit._case()
        people = case._acting_responsible() or case._desk_supervisors()

        def compose(env):
            subject = env._(
                "%(case)s: the visit of %(slot)s has no visitor any more",
                case=case.name,
                slot=visit.with_env(env)._slot_for(visit.company_id._water_tz()),
            )
            return subject, env._(
                "%s has returned the work. Send it to another department, which goes then, or"
                " agree on something else with the customer.",
                visit.department_id.with_env(env).name,
            )

        self.env["water.staff.message"]._tell(people - case._people_concerned(), compose, case)

    def _tell_supervisors(self):
        group = self.env.ref(SUPERVISOR).sudo()
        company = self.company_id
        people = group.all_user_ids.filtered(lambda user: company in user.company_ids)
        people |= self.department_id.manager_id | self.user_id
        self._tell_staff(people)

    def _tell_staff(self, people):
        """Send the case's number, the place in time and who goes; no personal data."""
        visit, missed = self.sudo(), self.is_missed and self.state != "cancelled"
        case = visit._case()

        def compose(env):
            slot = visit.with_env(env)._slot_for(case._customer_tz())
            words = {"case": case.name, "slot": slot}
            if missed:
                subject = env._("Missed visit: %(case)s, %(slot)s", **words)
            elif visit.state == "cancelled":
                subject = env._("Visit cancelled: %(case)s, %(slot)s", **words)
            else:
                subject = env._("Visit: %(case)s, %(slot)s", **words)
            return subject, case.with_env(env).sudo()._staff_line()

        people -= case._people_concerned()
        self.env["water.staff.message"]._tell(people, compose, record=case)

    def _slot_for(self, tz):
        """Day, weekday and hours as all moments of a mail are written in that language.

        In the hour that comes twice when summer time ends, it says which of the two.

        :param tz: name of a time zone; the office's by default
        """
        tz = tz or self.company_id._water_tz()
        local = self.with_context(tz=tz)
        moments = (self.slot_from, self.slot_to)
        begin, end = (fields.Datetime.context_timestamp(local, moment) for moment in moments)
        first, last = (which_of_two(moment, tz) for moment in moments)
        locale = babel_locale_parse(self.env.lang or "zh_CN")
        day = dates.format_date(begin.date(), "full", locale=locale)
        since, until = (
            dates.format_time(moment.time(), "short", locale=locale) for moment in (begin, end)
        )
        return f"{day} {since}{first}–{until}{last}"
