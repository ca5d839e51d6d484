import math
from io import BytesIO

from babel import dates

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import babel_locale_parse

from ...base.files import Files
from ...base.moments import which_of_two
from ...base.roles import SUPERVISOR
from ...base.trust import trusted
from ...base.words import said
from ...intake import uploads

#: Every place on Earth, and nothing else.
MAX_LATITUDE, MAX_LONGITUDE = 90, 180


class WaterVisit(models.Model):
    """What happens on the day of a visit: coming, working, or not having come."""

    _inherit = "water.visit"

    arrived_at = fields.Datetime(readonly=True)
    finished_at = fields.Datetime(readonly=True)
    latitude = fields.Float(digits=(10, 7), readonly=True, help="Where the phone was on arrival.")
    longitude = fields.Float(digits=(10, 7), readonly=True)
    position_accuracy = fields.Float(string="Accuracy (m)", readonly=True)
    has_position = fields.Boolean(readonly=True)
    outcome = fields.Selection(
        [
            ("done", "Done"),
            ("follow_up", "Somebody must come again"),
            ("no_access", "Nobody at home"),
            ("not_needed", "Nothing to do"),
        ],
        string="Outcome of the Visit",
    )
    result = fields.Text(string="What Was Found and Done")
    photo_ids = Files(
        "ir.attachment", "water_visit_photo_rel", "visit_id", "attachment_id", string="Photos"
    )
    signature = fields.Binary(string="Customer's Signature", attachment=True)
    signed_by = fields.Char(help="Name of whoever signed.")

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
        """Whoever comes has taken the work: the department accepts what was sent to it."""
        self._work("sent").action_accept()

    def _work(self, state):
        """The dispatches of the case to the department that goes, in a state."""
        # sudo: water.dispatch - which there are; whoever answers them is checked there
        found = (
            self.sudo()
            ._case()
            .dispatch_ids.filtered(
                lambda row: row.state == state and row.department_id == self.department_id
            )
        )
        return found.with_env(self.env)

    def action_finish(self):
        """The visit is over: what was found and done is written down, photos are sealed.

        :raises UserError: without outcome or words
        """
        self._check_turn("arrived")
        for visit in self:
            visit._finish()
        return True

    def _finish(self, at=None):
        """Keep the end of the visit at ``at`` (naive UTC, now by default)."""
        if not self.outcome or not said(self.result):
            raise UserError(self.env._("Choose the outcome and write down what was done."))
        at = at or fields.Datetime.now()
        trusted(self.sudo()).write({"state": "done", "finished_at": at})
        self._case()._log_events("visit_finished", self._finish_payload(), at=at)
        for dispatch in self._work("accepted"):
            dispatch._add_to_report(self._report_text())
        self._case()._on_visit_finished(self)

    def _report_text(self):
        """The words of the visit, and its facts, a line each."""
        return "\n".join([said(self.result), *self._report_facts()])

    def _report_facts(self):
        """Hook: what else was recorded at the visit, in the language of the environment."""
        here = self.with_context(tz=self.company_id._water_tz())
        arrived = fields.Datetime.context_timestamp(here, self.arrived_at)
        facts = [self.env._("Arrived: %s", f"{arrived:%Y-%m-%d %H:%M}")]
        # sudo: ir.attachment - how many there are
        photos = len(self.sudo().photo_ids)
        return facts + ([self.env._("Photos: %s", photos)] if photos else [])

    def _finish_payload(self):
        """Words and seals: whatever is exchanged afterwards no longer fits the chain."""
        # sudo: ir.attachment - the seals of the files, not the files
        files = self.sudo().photo_ids
        return self._payload(
            outcome=self.outcome,
            result=self.result,
            photos={file.name: file.checksum for file in files},
            signed_by=self.signed_by or "",
        )

    def _check_photos(self):
        """Photos are photos by their bytes, whatever they are called."""
        for visit in self:
            # sudo: ir.attachment - the bytes are looked at, not handed out
            for file in visit.sudo().photo_ids:
                mimetype = uploads.sniff(BytesIO(file.raw or b""))
                if not (mimetype or "").startswith("image/"):
                    raise ValidationError(self.env._("“%(name)s” is no photo.", name=file.name))

    # -- nobody came --------------------------------------------------------------------------

    def _mark_missed(self):
        """The slot is over and nobody came: on record, told to supervisors and the customer."""
        missed = self.filtered(
            lambda visit: (
                visit.state in ("planned", "confirmed") and visit.missed_at != visit.slot_to
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
        """Tell the customer about the appointment, as he wants to be told."""
        self.env["water.message"]._queue(self.env.ref(template), self)

    def _short_line(self):
        """What has become of the appointment, as a sentence in the environment's language."""
        words = {"case": self._case().name, "slot": self._slot_for(self._case()._customer_tz())}
        if self.state == "cancelled":
            return self.env._("your appointment of %(slot)s for %(case)s is cancelled.", **words)
        if self.reschedule_count:
            return self.env._("your appointment for %(case)s is now on %(slot)s.", **words)
        return self.env._("our staff will visit you for %(case)s on %(slot)s.", **words)

    def _mail_subject(self):
        """Subject of the customer's mail about the appointment, in the environment's language."""
        number = self._case().name
        if self.state == "cancelled":
            return self.env._("Your appointment has been cancelled – %(case)s", case=number)
        if self.reschedule_count:
            return self.env._("Your appointment has been moved – %(case)s", case=number)
        return self.env._("Your appointment with us – %(case)s", case=number)

    def _tell_worker(self):
        """Tell whoever goes, or the department's people on call when nobody is named."""
        for visit in self.sudo():
            department = visit.department_id
            people = visit.user_id or department.on_call_user_ids or department.manager_id
            visit._tell_staff(people)

    def _tell_without_crew(self):
        """The department has returned the work: somebody else has to go, or the customer hears."""
        visit = self.sudo()
        case = visit._case()
        people = case._acting_responsible() or case._desk_supervisors()

        def compose(env):
            subject = env._(
                "%(case)s: nobody goes to the visit of %(slot)s any more",
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
