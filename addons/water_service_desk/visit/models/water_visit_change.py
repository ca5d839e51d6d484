from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...base.locks import force_conflict
from ...base.todos import end_todos
from ...base.trust import trusted
from .water_case_visit import TO_DO

OPEN_STATES = ("planned", "confirmed", "arrived")
#: Shorter ends of a working period are no window that is offered.
SHORTEST_WINDOW = timedelta(minutes=60)
#: how many windows are offered at most
MOST_WINDOWS = 24


class WaterVisit(models.Model):
    """Changes that the customer makes to an appointment, and until when (S3.2.1a).

    Early enough, customers choose another free window themselves; later than that, staff decide. A
    change that the customer asks for stops the clock and no compensation is due (domain 4.1).
    """

    _inherit = "water.visit"

    change_asked_at = fields.Datetime(
        string="Another Time Asked for",
        readonly=True,
        index="btree_not_null",
        help="The customer asked so late that staff have to decide; no promise runs meanwhile.",
    )
    asked_from = fields.Datetime(string="Wished from", readonly=True)
    asked_to = fields.Datetime(string="Wished until", readonly=True)
    can_keep = fields.Boolean(compute="_compute_can_keep", export_string_translation=False)
    waits_for_me = fields.Boolean(compute="_compute_can_keep", export_string_translation=False)

    @api.depends("change_asked_at", "slot_to", "state")
    @api.depends_context("uid")
    def _compute_can_keep(self):
        now = fields.Datetime.now()
        for visit in self:
            is_open = visit.state in ("planned", "confirmed")
            visit.can_keep = bool(is_open and visit.change_asked_at and visit.slot_to > now)
            visit.waits_for_me = (
                is_open and visit.change_asked_at and visit._notified_person() == self.env.user
            )

    # -- windows ----------------------------------------------------------------------------

    def _windows(self):
        """Return the windows that the customer may move to: ``[(from, to)]``, naive UTC, in
        order.

        They lie in the office's working time, after the minimum notice, where the department has
        somebody free.
        """
        company, now = self.company_id.sudo(), fields.Datetime.now()
        earliest = now + timedelta(hours=company.water_visit_notice_hours)
        until = now + timedelta(days=company.water_visit_days)
        length = timedelta(hours=company.water_visit_window_hours)
        taken = self._taken(earliest, until)
        found = []
        for begin, end in self._working_periods(company, earliest, until):
            while end - begin >= SHORTEST_WINDOW and len(found) < MOST_WINDOWS:
                window = (begin, min(begin + length, end))
                if begin >= earliest and self._is_free(window, taken):
                    found.append(window)
                begin += length
        return found

    @api.model
    def _working_periods(self, company, begin, end):
        """Pieces of working time, whole ones: a window begins when people begin."""
        calendar = company._water_calendar()
        zone = pytz.timezone(company._water_tz())
        day = pytz.utc.localize(begin).astimezone(zone).date()
        start = zone.localize(datetime.combine(day, time.min))
        intervals = calendar._work_intervals_batch(start, pytz.utc.localize(end))[False]
        return [
            tuple(moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in (first, last))
            for first, last, _rows in intervals
        ]

    def _taken(self, begin, end):
        domain = Domain("department_id", "=", self.department_id.id)
        domain &= Domain("state", "in", OPEN_STATES) & Domain("id", "!=", self.id)
        domain &= Domain("slot_from", "<", end) & Domain("slot_to", ">", begin)
        # sudo: water.visit - only who is free, not where they are
        rows = self.sudo().search(domain)
        return [(row.slot_from, row.slot_to, row.user_id.id) for row in rows]

    def _is_free(self, window, taken):
        begin, end = window
        at_once = [user for first, last, user in taken if first < end and last > begin]
        people = len(self.department_id.sudo().member_ids.filtered("active")) or 1
        return len(at_once) < people and not (self.user_id and self.user_id.id in at_once)

    # -- changes ----------------------------------------------------------------------------

    def _is_late(self):
        """Return whether it is too late for the customer to move it without asking."""
        hours = self.company_id.sudo().water_visit_cutoff_hours
        now = fields.Datetime.now()
        return self.slot_from - timedelta(hours=hours) < now < self.slot_to

    def _move_for_customer(self, window, reason):
        """Move the visit to the window that the customer chose, or ask staff when it is late.

        :param window: ``(from, to)`` of :meth:`_windows`
        :param reason: in the customer's words
        :return: whether it was moved
        """
        self.ensure_one()
        if self._is_late():
            self._ask_change(window, reason)
            return False
        force_conflict(self.department_id)  # two customers never get the last window of one person
        self._reschedule(*window, reason, "customer")
        self._confirm("customer")
        self._tell_desk(self._moved_line)
        return True

    def _ask_change(self, window, reason):
        """Leave the change to staff and stop the clock until they decide."""
        now = fields.Datetime.now()
        self._drop_promise()
        values = self._change_values(reason, "customer")
        values |= {"change_asked_at": now, "asked_from": window[0], "asked_to": window[1]}
        trusted(self.sudo()).write(values)
        self._case()._log_events(
            "visit_change_asked", self._payload(reason=reason, wished=window[0].isoformat())
        )
        self._tell_worker()
        self._tell_desk(self._asked_line)

    def _cancel_for_customer(self, reason):
        self.ensure_one()
        self._cancel(reason, "customer")
        self._tell_desk(self._cancelled_line)

    def _asked_by(self, by):
        """Return who asked for a change: the customer, if a wish is still waiting.

        :param by: choice of the dialog
        """
        return "customer" if self.change_asked_at else by

    def action_keep(self):
        """Keep the agreed time although the customer asked for another one, and tell the
        customer.

        :raises UserError: when no change was asked for, or the slot is over
        """
        self._check_turn("planned", "confirmed", desk=True)
        if not all(visit.can_keep for visit in self):
            raise UserError(self.env._("There is no wish for another time to be decided."))
        for visit in self:
            trusted(visit.sudo()).write(
                {"change_asked_at": False, "change_reason": visit._kept_reason()}
            )
            visit._start_promise()
            visit._end_asked()
            visit._case()._log_events("visit_kept", visit._payload())
            visit._tell_customer()
            visit._tell_worker()
        return True

    def _kept_reason(self):
        localized = self.with_context(lang=self.sudo()._case()._customer_lang())
        return localized.env._(
            "We cannot arrange the other time that you asked for, and come as agreed."
        )

    def _change_defaults(self, kind):
        """Return the initial values of the dialog, as the customer has asked.

        :param kind: ``move`` or ``cancel``
        """
        if kind != "move" or not self.change_asked_at:
            return {}
        return {
            "default_slot_from": fields.Datetime.to_string(self.asked_from),
            "default_slot_to": fields.Datetime.to_string(self.asked_to),
            "default_reason": self.change_reason,
        }

    # -- telling staff ------------------------------------------------------------------------

    def _reschedule(self, slot_from, slot_to, reason, by):
        super()._reschedule(slot_from, slot_to, reason, by)
        self._end_asked()

    def _cancel(self, reason, by):
        super()._cancel(reason, by)
        self._end_asked()

    def _arrive(self, at=None, position=None):
        super()._arrive(at, position)
        self._end_asked()

    def _end_asked(self):
        """Close the activity about the customer's wish unless another visit still waits."""
        case = self.sudo()._case()
        if not case.visit_ids.filtered(lambda row: row._is_ahead() and row.change_asked_at):
            end_todos(case, TO_DO)

    def _is_ahead(self):
        return self.state in ("planned", "confirmed")

    def _tell_desk(self, line):
        """Post a note on the case and create an activity for its handler.

        :param line: method that returns the sentence in the environment's language
        """
        case, handler = self.sudo()._case(), self._notified_person()
        lang = handler.lang or self.company_id.sudo().partner_id.lang
        localized = self.sudo().with_context(lang=lang)
        words = getattr(localized, line.__name__)()
        case._message_log(body=words, author_id=case._portal_author().id)
        if handler:
            case.activity_schedule(
                TO_DO,
                user_id=handler.id,
                summary=words[:200],
            )

    def _notified_person(self):
        case = self.sudo()._case()
        return case._may_hear(case._whose_turn()) or case._supervisors()[:1]

    def _words(self):
        return {"slot": self._slot_for(self.company_id._water_tz()), "why": self.change_reason}

    def _moved_line(self):
        return self.env._("The customer has moved the visit to %(slot)s: %(why)s", **self._words())

    def _cancelled_line(self):
        return self.env._(
            "The customer has cancelled the visit of %(slot)s: %(why)s", **self._words()
        )

    def _asked_line(self):
        wish = self.new({"slot_from": self.asked_from, "slot_to": self.asked_to})
        return self.env._(
            "The customer asks to move the visit of %(slot)s to %(wish)s: %(why)s. Move it, cancel"
            " it, or say that we come as agreed.",
            wish=wish._slot_for(self.company_id._water_tz()),
            **self._words(),
        )

    # -- on the customer's pages --------------------------------------------------------------

    @api.model
    def _portal_domain(self):
        """Domain of the appointments that the signed-in customer may see, of all case types."""
        partner = self.env.user.partner_id
        models = self._case_models().values()
        return Domain.OR(self.env[model]._portal_visit_domain(partner) for model in models)

    @api.model
    def _portal_search(self, domain=Domain.TRUE, **options):
        """Search among them only; returns the records as superuser."""
        # sudo: water.visit - narrowed to the customer's own appointments by the domain
        return self.sudo().search(self._portal_domain() & Domain(domain), **options)

    @api.model
    def _portal_count(self):
        # sudo: water.visit - narrowed to the customer's own appointments by the domain
        return self.sudo().search_count(self._portal_domain() & self._to_come())

    @api.model
    def _to_come(self):
        return Domain("state", "in", OPEN_STATES)

    def _portal_who(self):
        """Return name and badge number of the visitor on the day itself, else ""."""
        today = self.company_id._water_today()
        zone = self.with_context(tz=self.company_id._water_tz())
        day = fields.Datetime.context_timestamp(zone, self.slot_from).date()
        # sudo: res.users - whom the customer lets in
        worker = self.sudo().user_id
        if day != today or not worker or self.state not in ("planned", "confirmed", "arrived"):
            return ""
        badge = self.env._("badge no. %s", worker.water_badge) if worker.water_badge else ""
        return " · ".join(filter(None, (worker.name, badge)))
