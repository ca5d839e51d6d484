import base64
import re

from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ...base.trust import trusted
from ...base.words import said
from ...intake import uploads
from ...intake.filing import clean_text
from ...visit.models.water_visit import OPEN_STATES

#: Photos of one visit, at most.
MOST_PHOTOS = 40
#: Longest report and longest name, in characters.
LONGEST_RESULT, LONGEST_NAME = 4000, 100
#: What a meter shows: cubic metres, with three decimals at most.
READING = re.compile(r"\d{1,9}(?:\.\d{1,3})?")


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

    def _report_facts(self):
        reading = self.env._("Meter reading: %s m³", f"{self.meter_reading:g}")
        return super()._report_facts() + ([reading] if self.has_reading else [])

    def _finish(self, at=None):
        """What the meter showed stands on the account as well, for whoever looks it up there."""
        super()._finish(at=at)
        account = self._case().sudo().account_id
        if self.has_reading and account:
            day = account.company_id._water_today(self.finished_at)
            values = {"read_on": day, "value": self.meter_reading, "kind": "read"}
            number = f"{self._case().name}/{self.id}"
            self.env["water.account.reading"]._receive(account, number, values)

    def _finish_payload(self):
        payload = super()._finish_payload()
        return payload | ({"meter_reading": self.meter_reading} if self.has_reading else {})
