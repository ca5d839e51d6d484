from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...base import windows
from ...base.moments import is_late
from ...base.roles import SUPERVISOR
from ...base.trust import is_trusted, trusted
from ...base.words import said
from ...privacy.masking import mask_address, mask_name

#: A slot is something a customer can wait for.
LONGEST_SLOT = timedelta(hours=12)
#: What whoever is there writes down; everything else is done by the buttons.
WORK_FIELDS = frozenset({"outcome", "result", "photo_ids", "signature", "signed_by"})
OPEN_STATES = ("planned", "confirmed", "arrived")


def _missed_sql(model, alias, query):
    """Whether the slot that holds is the one in which nobody came."""
    names = (model._field_to_sql(alias, name, query) for name in ("missed_at", "slot_to"))
    return SQL("%s IS NOT DISTINCT FROM %s", *names)


class WaterVisit(models.Model):
    """An appointment at the customer's place, and what came of it (上门服务).

    The end of the slot is a promise with a clock of its own: arriving keeps it, and when
    nobody has come by then, the system itself notices.
    """

    _name = "water.visit"
    _inherit = ["water.never.deleted.mixin", "water.reveal.link.mixin", "water.case.link.mixin"]
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
        readonly=True, index="btree_not_null", help="The end of a slot in which nobody came."
    )
    is_missed = fields.Boolean(
        string="Missed",
        compute="_compute_is_missed",
        search="_search_is_missed",
        help="Nobody came in the slot that was agreed on last.",
    )
    deadline_ids = fields.One2many("water.deadline", "visit_id", string="Time Limits")
    case_address = fields.Char(string="Address", compute="_compute_case_facts")
    case_contact = fields.Char(string="Customer", compute="_compute_case_facts")
    case_severity = fields.Char(compute="_compute_case_facts", export_string_translation=False)
    is_worker = fields.Boolean(compute="_compute_is_worker", export_string_translation=False)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _slot_sane = models.Constraint(
        "CHECK (slot_to > slot_from)", "An appointment ends after it begins."
    )

    @api.model
    def _export_masks(self):
        return super()._export_masks() | {"signed_by": mask_name, "case_address": mask_address}

    @api.depends("slot_from", "slot_to")
    @api.depends_context("lang", "tz")
    def _compute_slot_text(self):
        for visit in self:
            zone = visit.company_id._water_reader_tz()
            visit.slot_text = visit.slot_from and visit._slot_for(zone)

    @api.depends("missed_at", "slot_to")
    def _compute_is_missed(self):
        """Where another time was agreed on since, the missed one stays on record alone."""
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
            # sudo: case - whoever goes must find the place and know whom he meets
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
        """Whether the user goes to customers for this department, or stands above it."""
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
        """A slot lies ahead and is no longer than somebody can wait; imports bring past ones."""
        if not slot_from or not slot_to or slot_to <= slot_from:
            raise ValidationError(self.env._("An appointment ends after it begins."))
        if slot_to - slot_from > LONGEST_SLOT:
            raise ValidationError(self.env._("Nobody can wait that long: 12 hours at most."))
        if slot_to <= fields.Datetime.now() and not self.env.su:
            raise ValidationError(self.env._("An appointment must lie in the future."))

    def _open_note(self):
        """Why the case stays open, for whoever wants to close it."""
        return self.env._(
            "a visit is still open: %(department)s, %(slot)s",
            department=self.department_id.name,
            slot=self._slot_for(self.company_id._water_reader_tz()),
        )

    # -- making and moving appointments -------------------------------------------------------

    def _announce_plan(self):
        """Start the promise, leave the event, tell the customer and whoever goes."""
        self._start_promise()
        self._case()._log_events("visit_planned", self._payload())
        self._tell_customer()
        self._tell_worker()

    def _start_promise(self):
        case = self.sudo()._case()
        told = self.with_context(lang=case._customer_lang())  # the promise in its hearer's words
        label = told.env._("Visit %s", told._slot_for(case._customer_tz()))
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
        """Another department goes, at the time that the customer was given.

        :param department: water.department that has the work now
        """
        for visit in trusted(self.sudo()):
            visit.write({"department_id": department.id, "user_id": False})
            visit._case()._log_events("visit_handed", visit._payload())
            visit._tell_worker()

    def action_confirm(self):
        """The customer has said on the phone that the time suits him."""
        self._check_turn("planned", desk=True)
        self._confirm("staff")
        return True

    def _confirm(self, by):
        """Keep that the time suits the customer.

        :param by: ``customer`` or ``staff``
        """
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

    def _change_defaults(self, kind):
        """Hook: what the dialog of a change begins with.

        :param kind: ``move`` or ``cancel``
        """
        return {}

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
        """Nobody comes: the promise no longer applies, a missed one stays missed.

        :param reason: why, required
        :param by: who asked for it, ``customer`` or ``company``
        """
        by = self._asked_by(by)
        values = self._change_values(reason, by) | {"state": "cancelled", "change_asked_at": False}
        self._drop_promise()
        trusted(self.sudo()).write(values)
        self._case()._log_events("visit_cancelled", self._payload(reason=reason, by=by))
        self._tell_customer()
        self._tell_worker()

    def _change_values(self, reason, by):
        if not said(reason):
            raise UserError(self.env._("Say why the appointment is changed."))
        ahead = (self.slot_from - fields.Datetime.now()).total_seconds() / 3600
        return {"change_reason": reason, "changed_by": by, "notice_hours": max(ahead, 0)}

    def _drop_promise(self):
        """The slot no longer holds; one that is over already was missed, whoever is faster."""
        now = fields.Datetime.now()
        clocks = self.sudo().deadline_ids
        clocks.filtered(lambda c: c.state == "running" and is_late(c.due_at, now))._check(now)
        clocks._void()
