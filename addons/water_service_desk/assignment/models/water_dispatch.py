from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...base import windows
from ...base.locks import share
from ...base.roles import SUPERVISOR
from ...base.telling import tell_staff
from ...base.trust import is_trusted, trusted
from ...base.words import strip_invisible
from .water_case_assignment import WORKED_STATES


class WaterDispatch(models.Model):
    """A work order to a department (转办单): accepted, returned with a reason, finished.

    The customer's clocks belong to the case and take no notice of it (S3.2.2a).
    """

    _name = "water.dispatch"
    _inherit = [
        "water.never.deleted.mixin",
        "water.reveal.link.mixin",
        "water.case.link.mixin",
        "water.mixin",
    ]
    _description = "Dispatch"
    _order = "id desc"
    _rec_name = "case_name"
    _check_company_auto = True
    _sealed_with_case = True
    _dossier_order = 20
    _dossier = (
        "department_id",
        "role",
        "handling_round",
        "state",
        "note",
        "sent_at",
        "sent_by_id",
        "accepted_at",
        "accepted_by_id",
        "rejected_at",
        "reject_reason_id",
        "reject_reason",
        "suggested_department_id",
        "is_ruling",
        "finished_at",
        "result",
    )

    department_id = fields.Many2one(
        "water.department", required=True, index=True, ondelete="restrict", check_company=True
    )
    role = fields.Selection(
        [("lead", "Lead"), ("support", "Support")], required=True, default="lead"
    )
    state = fields.Selection(
        [
            ("sent", "Waiting"),
            ("accepted", "In progress"),
            ("finished", "Finished"),
            ("rejected", "Returned"),
            ("cancelled", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="sent",
        index=True,
        group_expand="_group_expand_state",
    )
    note = fields.Text(string="Instruction")
    handling_round = fields.Integer(
        string="Round of Handling",
        readonly=True,
        default=1,
        help="In which round of handling the case was sent.",
    )
    sent_at = fields.Datetime(
        string="Dispatched At", readonly=True, default=fields.Datetime.now, required=True
    )
    sent_by_id = fields.Many2one(
        "res.users", string="Sent by", readonly=True, default=lambda self: self.env.uid
    )
    accepted_at = fields.Datetime(readonly=True)
    accepted_by_id = fields.Many2one("res.users", string="Accepted by", readonly=True)
    rejected_at = fields.Datetime(readonly=True)
    reject_reason = fields.Text(readonly=True)
    reject_reason_id = fields.Many2one(
        "water.dispatch.reason",
        string="Kind of Return",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    suggested_department_id = fields.Many2one(
        "water.department",
        string="Belongs to",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whose work it is, as the department says that returned it.",
    )
    is_ruling = fields.Boolean(
        string="Decided by the Supervisor",
        readonly=True,
        help="Sent after a return: the supervisor has decided whose it is.",
    )
    returned_share = fields.Float(
        string="Returned (%)", compute="_compute_shares", store=True, aggregator="avg"
    )
    wrong_share = fields.Float(
        string="Wrongly Dispatched (%)", compute="_compute_shares", store=True, aggregator="avg"
    )
    return_count = fields.Integer(string="Returns", compute="_compute_shares", store=True)
    finished_at = fields.Datetime(readonly=True)
    result = fields.Text(string="Work Done")
    case_due_at = fields.Datetime(string="Case Limit", compute="_compute_case_facts")
    case_time_left = fields.Char(string="Time Left for the Case", compute="_compute_case_facts")
    case_is_late = fields.Boolean(compute="_compute_case_facts", export_string_translation=False)
    case_severity = fields.Char(compute="_compute_case_facts", export_string_translation=False)
    case_address = fields.Char(
        string="Address", compute="_compute_case_facts", water_mask="address"
    )
    case_contact = fields.Char(string="Contact", compute="_compute_case_facts")
    case_verbatim = fields.Text(string="Customer's Own Words", compute="_compute_case_verbatim")
    customer_words = fields.Text(
        string="The Customer Added",
        compute="_compute_customer_words",
        help="What the customer wrote about the case, without their name.",
    )

    can_accept = fields.Boolean(compute="_compute_can_accept", export_string_translation=False)

    has_arrived = fields.Boolean(compute="_compute_has_arrived", export_string_translation=False)

    @api.depends("state", "reject_reason_id.is_wrong")
    def _compute_shares(self):
        for dispatch in self:
            returned = dispatch.state == "rejected"
            dispatch.return_count = int(returned)
            dispatch.returned_share = 100.0 * returned
            dispatch.wrong_share = 100.0 * (returned and dispatch.reject_reason_id.is_wrong)

    @api.model
    def _group_expand_state(self, states, domain):
        """Return the columns of the board; withdrawn ones only if there are any."""
        return [key for key, __ in self._fields["state"].selection if key != "cancelled"]

    @api.depends(lambda self: ("state", *self._case_models()))
    @api.depends_context("lang")
    def _compute_case_facts(self):
        for dispatch in self:
            # sudo: case - readers of the dispatch may know its urgency
            case = dispatch.sudo()._case()
            dispatch.case_due_at = case.next_due_at
            dispatch.case_time_left = case.time_left
            dispatch.case_is_late = case.is_overdue
            dispatch.case_severity = case.severity
            at_work = dispatch.state in WORKED_STATES
            dispatch.case_contact = f"{case.contact_masked} {case.phone_masked}".strip()
            dispatch.case_address = case.address if at_work else case.address_masked

    @api.depends(lambda self: self._case_paths("verbatim"))
    @api.depends_context("uid")
    def _compute_case_verbatim(self):
        for dispatch in self:
            # sudo: case - which one it is; the reader's own right to it follows
            case = dispatch.sudo()._case().with_env(self.env)
            dispatch.case_verbatim = case.has_access("read") and case.verbatim

    @api.depends(lambda self: tuple(self._case_models()))
    def _compute_customer_words(self):
        """Read the customer's messages from the event chain: mails in the thread contain personal
        data.
        """
        for dispatch in self:
            # sudo: case - the department has to know the customer's additions
            events = (
                dispatch.sudo()
                ._case()
                .event_ids.filtered(lambda event: event.kind == "customer_message")
            )
            words = [(event.payload or {}).get("text") for event in events.sorted("id")]
            dispatch.customer_words = "\n\n".join(text for text in words if text)

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            raise UserError(self.env._("Dispatch a case with its own button."))
        return super().create(vals_list)

    def write(self, vals):
        if not is_trusted(self.env):
            if vals.keys() - {"result"}:
                raise UserError(self.env._("Use the buttons: accept, return, finish."))
            self._check_state("sent", "accepted")
        return super().write(vals)

    @api.model
    def _never_deleted_message(self):
        return self.env._("A dispatch is never deleted.")

    @api.model
    def _send(self, orders, note=False, due=None):
        """Send cases to departments and leave the events; dispatching is done with it.

        :param orders: list of ``(case, department, role)``, cases of one type that the
            caller may write, role ``lead`` or ``support``
        :param note: instruction to the departments
        :param due: naive UTC moment by which they are to be done, by default by the standard
        """
        rows, together = [], defaultdict(list)
        for case, department, role in orders:
            case.check_access("write")
            rows.append(self._send_values(case, department, role, note))
            together[department, role].append(case)
        share(self.env["water.department"].union(*(department for department, _role in together)))
        # sudo: water.dispatch - written by this checked service alone
        dispatches = trusted(self.sudo()).create(rows)
        for (department, role), parts in together.items():
            cases = parts[0].union(*parts)
            cases._log_events("dispatched", {"department": department.code, "role": role})
            if role == "lead":
                cases._clocks_of_dispatching()._meet(fields.Datetime.now())
            self._announce(cases, department)
        dispatches._start_work_clocks(due)

    @api.model
    def _announce(self, cases, department):
        """Tell the department's people once for all the cases that have come to them."""
        people = department._hearing(cases)
        if not people:
            department._tell_nobody_hears(cases)
        tell_staff(
            cases,
            people,
            lambda rows: rows.env._(
                "%(count)s new dispatches for your department", count=len(rows)
            ),
            is_list=True,
        )

    @api.model
    def _send_values(self, case, department, role, note):
        return {
            self._case_field(case._name): case.id,
            "department_id": department.id,
            "role": role,
            "note": note,
            "company_id": case.company_id.id,
            "handling_round": case.handling_round,
            "is_ruling": bool(case.rejection_count) and self.env.user.has_group(SUPERVISOR),
        }

    # -- the department's answers ---------------------------------------------------------

    def action_accept(self):
        """The department takes the work (接单)."""
        self._check_turn("sent")
        for dispatch in self:
            if not self.env.su:
                dispatch._case()._check_handler(self.env.user)
            trusted(dispatch).write(
                {
                    "state": "accepted",
                    "accepted_at": fields.Datetime.now(),
                    "accepted_by_id": self.env.uid,
                }
            )
            case = dispatch._case()
            # Only who leads the work accepts the case; a helper stops no clock.
            kind = "dispatch_accepted" if dispatch.role == "lead" else "support_accepted"
            case._log_events(kind, dispatch._payload())
            case._on_dispatch_accepted(dispatch)
        return True

    def _reject(self, reason, kind=None, owner=None):
        """The department returns the work (退单) with a reason.

        :param reason: why it is not theirs, required
        :param kind: water.dispatch.reason for the statistics; by default: not theirs
        :param owner: water.department whose work it is, where the one that returns it knows
        """
        self._check_turn("sent", "accepted")
        kind = kind or self.env.ref("water_service_desk.dispatch_reason_not_ours")
        if not strip_invisible(reason):
            raise UserError(self.env._("Say why the work is returned."))
        owner = owner or self.env["water.department"]
        for dispatch in self:
            if owner == dispatch.department_id:
                raise UserError(self.env._("Name another department than the one that returns it."))
            case = dispatch._case()
            trusted(dispatch).write(
                {
                    "state": "rejected",
                    "rejected_at": fields.Datetime.now(),
                    "reject_reason": reason,
                    "reject_reason_id": kind.id,
                    "suggested_department_id": owner.id,
                }
            )
            # sudo: case - with the return the department loses sight of it
            case_sudo = case.sudo()
            trusted(case_sudo).write({"rejection_count": case_sudo.rejection_count + 1})
            payload = dispatch._payload(reason=reason, kind=kind.sudo().code)
            if owner:
                payload["owner"] = owner.sudo().code
            case_sudo._log_events("dispatch_rejected", payload)
            dispatch.sudo().deadline_ids._end_work()
            case_sudo._on_dispatch_rejected(dispatch)
            case_sudo._on_returned()
            dispatch.sudo()._answer_desk(reason)

    def action_reject(self):
        """Open the dialog that asks for the reason of a return."""
        self._check_turn("sent", "accepted")
        return windows.dialog(
            "water.dispatch.reject.wizard", self.env._("Return"), {"default_dispatch_ids": self.ids}
        )

    def action_arrived(self):
        """The department's people are on site: meets the arrival clock of the case."""
        self._check_turn("accepted")
        for dispatch in self:
            dispatch._case()._log_events("arrived", dispatch._payload())
        return True

    def action_finish(self):
        """Report the department's work as done; a report is required."""
        self._check_turn("accepted")
        for dispatch in self:
            if not strip_invisible(dispatch.result):
                raise UserError(self.env._("Write down what was done before finishing."))
            now = fields.Datetime.now()
            trusted(dispatch).write({"state": "finished", "finished_at": now})
            dispatch.sudo().deadline_ids._meet(now)
            case = dispatch._case()
            case._log_events("dispatch_finished", dispatch._payload(result=dispatch.result))
            case._on_dispatch_finished(dispatch)
            dispatch.sudo()._answer_desk(dispatch.result, case.sudo()._left_after_report)
        return True

    def _cancel(self):
        for dispatch in self.filtered(lambda row: row.state in ("sent", "accepted")):
            trusted(dispatch.sudo()).write({"state": "cancelled"})
            dispatch.sudo().deadline_ids._end_work()
            dispatch._case()._log_events("dispatch_cancelled", dispatch._payload())

    def _check_turn(self, *states):
        """Only members of the department (or the desk's supervisor) answer, in due state."""
        self.check_access("write")
        user = self.env.user
        is_supervisor = self.env.su or user.has_group(SUPERVISOR)
        self._check_state(*states)
        for dispatch in self:
            dispatch.sudo()._case()._check_unsealed()
            if not is_supervisor and dispatch.department_id not in user.water_department_ids:
                raise UserError(
                    self.env._(
                        "Only %(department)s can answer this dispatch.",
                        department=dispatch.department_id.name,
                    )
                )

    def _check_state(self, *states):
        for dispatch in self:
            if dispatch.state not in states:
                raise UserError(
                    self.env._(
                        "%(case)s: this dispatch is already answered.", case=dispatch.case_name
                    )
                )

    def _payload(self, **more):
        return {"department": self.department_id.code, "role": self.role, **more}

    # -- accepting -----------------------------------------------------------------------------
    # Who may accept a dispatch: buttons are hidden where the step would be refused.

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_accept(self):
        for dispatch in self:
            dispatch.can_accept = dispatch.state == "sent" and dispatch._may_accept()

    def _may_accept(self):
        user = self.env.user
        if not (user.has_group(SUPERVISOR) or self.department_id in user.water_department_ids):
            return self.env.su
        try:
            self.sudo()._case()._check_handler(user)
        except UserError:
            return False
        return True

    # -- waiting -------------------------------------------------------------------------------
    # A dispatch in words for those who wait for it, and giving up its help.

    def action_withdraw(self):
        """Withdraw a supporting dispatch that is no longer needed.

        :raises AccessError: if the user may not write the case
        :raises UserError: by anyone but the desk, or for an answered or leading dispatch
        """
        for dispatch in self:
            case = dispatch._case()
            case.check_access("write")
            if not case._is_desk():
                raise UserError(self.env._("Only service agents can withdraw a dispatch."))
            if dispatch.role != "support":
                raise UserError(
                    self.env._(
                        "The leading department can only be replaced by a new dispatch, "
                        "not withdrawn."
                    )
                )
            dispatch._check_state("sent", "accepted")
        self._cancel()
        return True

    def _open_note(self):
        names = {"department": self.department_id.name}
        if self.role == "support":
            return self.env._(
                "%(department)s, which supports, is still at work: wait for its result, or withdraw"
                " the dispatch",
                **names,
            )
        return self.env._("%(department)s, which leads, has not finished its work yet", **names)

    def _return_note(self):
        """Return who returned the work and why, and the suggested department, in one line."""
        if not self:
            return ""
        words = {"department": self.department_id.name, "reason": self.reject_reason}
        owner = self.suggested_department_id.name
        if owner:
            return self.env._(
                "%(department)s: %(reason)s It is for: %(owner)s.", owner=owner, **words
            )
        return self.env._("%(department)s: %(reason)s", **words)

    def _add_to_report(self, text):
        known = strip_invisible(self.result)
        if text not in known:
            # sudo: water.dispatch - for callers who were allowed to report the work
            trusted(self.sudo()).result = "\n\n".join(filter(None, (known, text)))

    def _answer_desk(self, text, left=None):
        """Notify the first responsible person of the department's answer.

        Without a first responsible person or deputy, the supervisors are notified.

        :param text: the department's words
        :param left: function of an environment that lists the desk's open tasks
        """
        case = self._case()
        people = case._acting_responsible() or case._desk_supervisors()

        def compose(env):
            states = dict(self._fields["state"]._description_selection(env))
            department = self.department_id.with_env(env).name
            subject = env._(
                "%(case)s: %(department)s – %(answer)s",
                case=case.name,
                department=department,
                answer=states[self.state],
            )
            lines = [f"· {line}" for line in (left(env) if left else ())]
            if lines:
                lines = ["", env._("Still to be done at the desk:"), *lines]
            return subject, plaintext2html("\n".join([text or "", *lines]))

        self.env["water.staff.message"]._tell(people, compose, record=case)

    # -- arrival -------------------------------------------------------------------------------
    # Whether a department's people have arrived.

    @api.depends("state")
    def _compute_has_arrived(self):
        """One question for all cards of a board: chains are long, and arrivals are few."""
        accepted = self.filtered("accepted_at").sudo()
        for link in self._case_models():
            # sudo: water.case.event - of the department's own work
            arrivals = accepted.env["water.case.event"].search(
                [(link, "in", accepted[link].ids), ("kind", "=", "arrived")]
            )
            by_case = arrivals.grouped(link)
            for dispatch in accepted.filtered(link):
                dispatch.has_arrived = any(
                    (row.payload or {}).get("department") == dispatch.department_id.code
                    and row.at >= dispatch.sent_at
                    for row in by_case.get(dispatch[link], ())
                )
        (self - self.filtered("accepted_at")).has_arrived = False
