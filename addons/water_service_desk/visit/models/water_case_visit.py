from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ...base.trust import trusted
from ...case.transitions import Missing
from ...intake.filing import FilingError, clean_text, parse_id
from ...portal.actions import PortalAction
from ..calendar_file import calendar_file

_lt = LazyTranslate(__name__)

#: activity type that tells staff of a customer's change or wish about a visit
TO_DO = "water_service_desk.mail_activity_type_visit"
#: Longest reason of a change, in characters.
LONGEST_REASON = 300


class WaterCaseMixin(models.AbstractModel):
    """A case whose customer is visited: appointments are made, kept, and never left open."""

    _inherit = "water.case.mixin"

    _counters = {"visit_count": "water.visit"}
    _todos_while_open = (TO_DO,)
    _customer_actions = {
        "visit_confirm": PortalAction(
            "_portal_visit_confirm",
            done=_lt("Thank you. We come at the agreed time."),
            by_delegate=_lt("has confirmed an appointment"),
            right="keeps_visits",
            asks=_lt("Confirm the appointment"),
            place="water_visits",
            api="appointment.confirm",
        ),
        "visit_move": PortalAction(
            "_portal_visit_move",
            done=_lt("Your appointment has been moved."),
            by_delegate=_lt("has moved an appointment"),
            right="keeps_visits",
            api="appointment.move",
            outcomes={
                "visit_asked": _lt(
                    "We have passed on your request. As the appointment is close, a member of "
                    "our staff will confirm a new time with you; please do not rely on the old "
                    "one."
                )
            },
        ),
        "visit_cancel": PortalAction(
            "_portal_visit_cancel",
            done=_lt("Your appointment has been cancelled. We will not come."),
            by_delegate=_lt("has cancelled an appointment"),
            right="keeps_visits",
            api="appointment.cancel",
        ),
    }

    visit_ids = fields.One2many("water.visit", string="Visits")
    visit_count = fields.Integer(string="Number of Visits", compute="_compute_counts")

    def _open_visits(self):
        """Return the visits still to be made, whether or not the user sees them."""
        # sudo: water.visit - open appointments block closing for every user
        return self.sudo().visit_ids.filtered(lambda visit: visit._is_open())

    def _who_waits(self):
        visits = [
            Missing(visit._open_note(), "action_open_visits") for visit in self._open_visits()
        ]
        return super()._who_waits() + visits

    def _cancel_visits(self):
        """Cancel open visits because the case has ended, and tell the customer why."""
        for visit in self._open_visits():
            case = visit._case()
            localized = case.with_context(lang=case._customer_lang())
            words = localized._stage_words() or localized._state_label(localized.state)
            visit._cancel(words, case._ended_by())

    def _visits_without_crew(self):
        latest = {row.department_id: row.state for row in self.sudo().dispatch_ids.sorted("id")}
        gone = {row for row, state in latest.items() if state in ("rejected", "cancelled")}
        if not gone:  # asked at each dispatching: visits are read where there may be one
            return self.env["water.visit"].sudo()
        return self._open_visits().filtered(
            lambda visit: visit.state != "arrived" and visit.department_id in gone
        )

    def _on_dispatch_rejected(self, dispatch):
        """Tell the case handler at once that nobody goes to the customer any more."""
        super()._on_dispatch_rejected(dispatch)
        for visit in self._visits_without_crew():
            visit._tell_without_crew()

    def _send_dispatches(self, supports=None, note=False, due=None):
        """Hand visits over to the new lead department (S2.1.1 信守承诺)."""
        super()._send_dispatches(supports, note, due)
        for case in self:
            case._visits_without_crew()._hand_to(case.department_id)

    def _ended_by(self):
        is_taken_back = self.state == "withdrawn" and self.external_state != "returned"
        return "customer" if is_taken_back else "company"

    def _plan_visit(self, department, slot_from, slot_to, user=None, purpose=False):
        """Make an appointment, tell the customer and start its clock.

        :param department: water.department that goes
        :param slot_from: start of the slot, naive UTC
        :param slot_to: end of the slot, naive UTC; staff must have arrived by then
        :param user: res.users who goes, optional
        :param purpose: what is to be done
        :raises AccessError: for users of neither the desk nor the department
        :raises UserError: when the case is finished, the department closed, or the slot invalid
        :return: water.visit
        """
        self.ensure_one()
        self.check_access("write")
        if not self._is_desk() and department not in self.env.user.water_department_ids:
            raise AccessError(self.env._("Plan visits of your own department only."))
        if self.state in self._final_states:
            raise UserError(self.env._("This case is finished: no visit is needed."))
        visits = self.env["water.visit"]
        visits._check_slot(slot_from, slot_to)
        department._check_in_use()
        self._involve(department)
        # sudo: water.visit - made by this checked service alone
        visit = trusted(visits.sudo()).create(
            {
                visits._case_field(self._name): self.id,
                "department_id": department.id,
                "user_id": user.id if user else False,
                "slot_from": slot_from,
                "slot_to": slot_to,
                "purpose": purpose,
                "company_id": self.company_id.id,
            }
        )
        visit.with_env(self.env)._announce_plan()
        return visit.with_env(self.env)

    def _involve(self, department):
        """Dispatch the case to the department unless it has it already, so that it sees the
        case.
        """
        case = self.sudo()
        present = case.dispatch_ids.filtered(lambda row: row.state in ("sent", "accepted"))
        if department in present.department_id:
            return
        if present or not self._is_desk():
            self.env["water.dispatch"]._send([(self, department, "support")])
        else:
            self._dispatch(department)

    def _on_visit_finished(self, visit):
        """Hook: a visit is finished and its report written."""

    def action_plan_visit(self):
        """Open the dialog that makes an appointment with the customer."""
        self.ensure_one()
        return self._dialog("water.visit.wizard", self.env._("Plan a Visit"))

    def action_open_visits(self):
        """Open the visits of the case."""
        return self._open_children("water.visit", self.env._("Visits"))

    # -- visit portal --------------------------------------------------------------------------
    # The appointments of a case on its customer's pages: confirm, move, cancel (S3.2.1a).

    def _portal_event_titles(self):
        return super()._portal_event_titles() | {
            "visit_planned": self.env._("An appointment was made"),
            "visit_confirmed": self.env._("The appointment was confirmed"),
            "visit_moved": self.env._("The appointment was moved"),
            "visit_cancelled": self.env._("The appointment was cancelled"),
            "visit_on_way": self.env._("Our staff are on the way to you"),
            "visit_change_asked": self.env._("You have asked for another time"),
            "visit_kept": self.env._("We come as agreed"),
            "visit_missed": self.env._("We have missed the appointment"),
            "visit_finished": self.env._("Our staff have been there"),
        }

    # -- what the customer does ---------------------------------------------------------------

    def _portal_can(self, action):
        if action == "visit_confirm":
            return any(visit.state == "planned" for visit in self._portal_changeable())
        if action in ("visit_move", "visit_cancel"):
            return bool(self._portal_changeable())
        return super()._portal_can(action)

    def _portal_changeable(self):
        return self.sudo().visit_ids.filtered(
            lambda visit: visit.state in ("planned", "confirmed") and not visit.change_asked_at
        )

    def _portal_visit(self, values):
        number = parse_id(values.get("visit_id"))
        visit = self._portal_changeable().filtered(lambda row: row.id == number)
        if not visit:
            raise FilingError({"form": self.env._("This appointment has been changed meanwhile.")})
        return visit.with_env(self.env).sudo()

    def _portal_visit_confirm(self, values, files=()):
        visit = self._portal_visit(values)
        if visit.state != "planned":
            raise FilingError({"form": self.env._("This appointment has been changed meanwhile.")})
        visit._confirm("customer")

    def _portal_visit_move(self, values, files=()):
        visit, errors = self._portal_visit(values), {}
        window = self._read_window(visit, values)
        if not window:
            errors["window"] = self.env._("Choose one of the times that are offered.")
        reason = self._read_reason(values, errors)
        if errors:
            raise FilingError(errors)
        visit._move_for_customer(window, reason)

    def _portal_visit_cancel(self, values, files=()):
        visit, errors = self._portal_visit(values), {}
        reason = self._read_reason(values, errors)
        if errors:
            raise FilingError(errors)
        visit._cancel_for_customer(reason)

    @api.model
    def _read_window(self, visit, values):
        typed = clean_text(values.get("window"))
        offered = {begin.isoformat(): (begin, end) for begin, end in visit._windows()}
        return offered.get(typed)

    def _read_reason(self, values, errors):
        reason = clean_text(values.get("reason"))
        if not reason:
            errors["reason"] = self.env._("Tell us why, so that we can plan better.")
        elif len(reason) > LONGEST_REASON:
            errors["reason"] = self._too_long(LONGEST_REASON)
        return reason

    # -- shown to the customer ----------------------------------------------------------------

    def _portal_visits(self):
        visits = self.sudo().visit_ids.sorted("slot_from", reverse=True)
        return [self._portal_visit_row(visit.with_env(self.env).sudo()) for visit in visits]

    def _portal_visit_row(self, visit, windows=False):
        """Return one appointment as plain values.

        :param windows: whether to include the windows it can be moved to
        """
        may = self._delegate_may("visit_move")
        changeable = may and visit in self._portal_changeable()
        tz, tracked = self._customer_tz(), self.env.context.get("water_page")
        return {
            "id": visit.id,
            "slot": visit._slot_for(tz),
            "purpose": visit.purpose or "",
            "state": self._portal_visit_state(visit),
            "who": visit._portal_who(),
            "missed": visit.is_missed,
            "asked": bool(visit.change_asked_at),
            "can_confirm": changeable and visit.state == "planned",
            "can_change": changeable,
            "page": "" if tracked else f"/my/appointments/{visit.id}",
            "calendar": visit.state in ("planned", "confirmed") and not visit.change_asked_at,
            "number": self.name,
            "subject": self.subject,
            "case_url": self._portal_address() if self._portal_may_open() else "",
            "late": visit._is_late(),
            "windows": self._portal_windows(visit, tz) if windows and changeable else [],
        }

    def _portal_may_open(self):
        """Delegates may manage visits even if the case page is closed to them."""
        delegation = self._portal_delegation()
        filed = self.sudo().delegation_id.partner_id == delegation.partner_id
        return not delegation or delegation.sees_cases or filed

    def _portal_visit_state(self, visit):
        if visit.on_way_at and visit.state in ("planned", "confirmed"):
            return self.env._("our staff are on the way")
        if visit.change_asked_at:
            return self.env._("another time asked for")
        return {
            "planned": self.env._("waits for your confirmation"),
            "confirmed": self.env._("confirmed"),
            "arrived": self.env._("our staff are with you"),
            "done": self.env._("done"),
            "cancelled": self.env._("cancelled"),
        }[visit.state]

    def _portal_windows(self, visit, tz):
        return [
            (begin.isoformat(), visit.new({"slot_from": begin, "slot_to": end})._slot_for(tz))
            for begin, end in visit._windows()
        ]

    def _portal_page(self):
        return super()._portal_page() | {"visits": self._portal_visits()}

    def _portal_calendar(self, visit_id):
        """Return one appointment of this case as a calendar file.

        :return: ``(name, bytes)``, or None when the visit is not of this case
        """
        visit = self.sudo().visit_ids.filtered(lambda row: row.id == visit_id)
        if not visit:
            return None
        company = self.company_id.sudo()
        by_code = self.env.context.get("water_page")  # who has a code need not be the customer
        lines = [self.name, visit.purpose or self.subject, company.water_hotline]
        name = self.env._("Appointment %s", self.name)
        content = calendar_file(
            f"visit-{visit.id}-{company.id}@{self.env.cr.dbname}",
            (visit.slot_from, visit.slot_to),
            self.env._("%s comes to you", company.name),
            name=name,
            place="" if by_code else self.address or "",
            text="\n".join(line for line in lines if line),
            stamp=visit.write_date,
            cancelled=visit.state == "cancelled",
        )
        return f"{name}.ics", content

    # -- over all cases of a customer ---------------------------------------------------------

    @api.model
    def _portal_visit_domain(self, partner):
        link = self.env["water.visit"]._case_field(self._name)
        # sudo: case - limited to the partner's own cases and delegations
        cases = self.sudo()
        own = Domain("partner_id", "=", partner.id)
        reach = own | self._represented_domain(partner)
        reach |= self._delegated_domain(partner, "keeps_visits")
        reach |= self._delegated_domain(partner, "sees_cases")
        return Domain(link, "any", cases._search(reach))

    @api.model
    def _represented_domain(self, partner):
        return Domain.FALSE
