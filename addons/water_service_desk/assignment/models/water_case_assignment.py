from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.links import check_links
from ...base.locks import share
from ...base.roles import AGENT, SUPERVISOR
from ...base.telling import tell_staff
from ...base.todos import end_todos, open_todos
from ...base.trust import is_trusted, trusted
from ...base.words import strip_invisible
from ...case.transitions import Missing
from .water_sent_mixin import departments_of

#: A department works on a case in these states of its dispatch.
WORKED_STATES = ("sent", "accepted")
#: A dispatch that stands: the department has the work, or has done it.
STANDING = ("sent", "accepted", "finished")
#: From the second return on the supervisor hears of it (S2.1.4 不推诿).
ALERT_AT = 2
#: The third return is a dispute that goes up the line by itself (S-5).
ESCALATE_AT = 3
#: The supervisors' to-do to rule on a returned case.
RULING = "water_service_desk.mail_activity_type_bounce"


class WaterCaseMixin(models.AbstractModel):
    """Who is responsible for a case (首诉负责制, S3.1.1): set once, changed only by hand-over."""

    _name = "water.case.mixin"
    _inherit = ["water.case.mixin", "water.sent.mixin"]

    _settable_on_create = frozenset({"original_responsible_id"})

    first_responsible_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        copy=False,
        tracking=True,
        domain="[('share', '=', False)]",
        help="Follows the case to its end. Changes only by a hand-over with a reason.",
    )
    responsible_badge = fields.Char(
        related="first_responsible_id.water_badge", string="Badge Number of the First Responsible"
    )
    original_responsible_id = fields.Many2one(
        "res.users", string="Originally Responsible", readonly=True, copy=False
    )
    user_id = fields.Many2one(
        "res.users",
        string="Handler",
        index="btree_not_null",
        copy=False,
        tracking=True,
        domain="[('share', '=', False)]",
        water_open=True,
    )
    department_id = fields.Many2one(
        "water.department",
        string="Responsible Department",
        index="btree_not_null",
        tracking=True,
        check_company=True,
    )
    dispatch_ids = fields.One2many("water.dispatch", string="Dispatches")
    sent_to = fields.Char(compute="_compute_sent_to", store=True)
    rejection_count = fields.Integer(
        string="Returns", readonly=True, copy=False, help="How often a department returned it."
    )

    bounced_at = fields.Datetime(
        string="Bounced",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When the third return made a dispute between departments of it.",
    )

    lead_note = fields.Text(string="Instruction", compute="_compute_lead")
    lead_report = fields.Text(string="Report", compute="_compute_lead")

    @api.depends("dispatch_ids.state", "dispatch_ids.department_id")
    def _compute_sent_to(self):
        for case in self:
            case.sent_to = departments_of(case.dispatch_ids)

    def _working_department(self):
        rows = self.sudo().dispatch_ids
        last = rows.filtered(lambda row: row.role == "lead").sorted("id")[-1:]
        if last.department_id != self.department_id or last.state not in ("rejected", "finished"):
            return self.department_id
        helping = rows.filtered(lambda row: row.role == "support" and row.state in WORKED_STATES)
        is_done = last.state == "finished"
        return helping[:1].department_id if is_done else self.department_id.browse()

    @api.model
    def _creator_is_responsible(self):
        """Return whether the user becomes responsible: the agent who accepts the case.

        Customers' doors run as superuser and do not count, nor do integrations.
        """
        user = self.env.user
        return not self.env.su and user.active and user._is_internal() and user.has_group(AGENT)

    def _set_original_responsible(self):
        for case in self.filtered(lambda case: not case.original_responsible_id):
            trusted(case).original_responsible_id = case.first_responsible_id

    def _check_first_responsible(self, user_id):
        if any(case.first_responsible_id.id not in (False, user_id) for case in self):
            raise UserError(
                self.env._(
                    "The first responsible person changes only by a hand-over with a reason."
                )
            )

    def action_take(self):
        """Take the cases: the first agent to do so becomes the first responsible person.

        :raises UserError: for a finished case, by anyone but agents, or if all are taken
        """
        self.check_access("write")
        self._check_unsealed()
        if not self._creator_is_responsible():
            raise UserError(self.env._("Only service agents can take a case."))
        free = self.filtered(lambda case: not case.first_responsible_id)
        others = (self - free).filtered(lambda case: case.first_responsible_id != self.env.user)
        if others and not free:
            case = others[0]
            words = {"case": case.name, "user": case.first_responsible_id.sudo().name}
            raise UserError(self.env._("%(case)s is with %(user)s already.", **words))
        for case in free:
            case.write({"first_responsible_id": self.env.uid, "user_id": self.env.uid})
            case._log_events("taken")
        return True

    def _hand_over(self, user, reason):
        """Transfer the first responsibility to another person; the original stays on record.

        :param user: res.users who takes over
        :param reason: why, required
        :raises UserError: without a reason, for a finished case, or by anyone below supervisor
        """
        self.check_access("write")
        self._check_unsealed()
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise UserError(self.env._("Only a supervisor can hand a case over."))
        if not strip_invisible(reason):
            raise UserError(self.env._("Say why the case is handed over."))
        self._check_at_work(user)
        self._check_skill(user)
        before = {case.id: case.first_responsible_id.id for case in self}
        trusted(self).write({"first_responsible_id": user.id, "user_id": user.id})
        self._log_events(
            "handed_over",
            {case.id: {"from": before[case.id], "to": user.id, "reason": reason} for case in self},
        )

    def _check_at_work(self, user):
        if user and self.company_id - user.sudo().company_ids:
            words = self.env._("“%s”: choose a member of staff.", self._label_of("user_id"))
            raise UserError(words)
        if user and not user.sudo().active:
            raise UserError(
                self.env._("%s has left: choose another person.", user.sudo().display_name)
            )

    def _prepare_write(self, vals):
        self._rely_on([vals])
        return super()._prepare_write(vals)

    @api.model
    def _rely_on(self, vals_list):
        """Lock the assigned users, so that closing a login counts this work."""
        names = ("first_responsible_id", "user_id", "acting_responsible_id")
        ids = {vals[name] for vals in vals_list for name in names if vals.get(name)}
        share(self.env["res.users"].browse(ids))

    def _check_handler(self, user):
        """Hook: refuse to give the cases to ``user`` again."""

    def _is_at_work(self, *states):
        states = states or WORKED_STATES
        departments = self.env.user.water_department_ids
        # sudo: water.dispatch - of a case that the caller has in hand already
        return bool(departments) and any(
            row.state in states and row.department_id in departments
            for row in self.sudo().dispatch_ids
        )

    def _speaks_for(self, user, before=None):
        """Return the department for which ``user`` acts on the case.

        Of several departments, one at work comes before a finished one, a leading before a
        supporting one, then the last; none if the case was with none of them.

        :param before: the dispatch that the user has sent; only earlier ones count
        """
        mine, rows = user.sudo().water_department_ids, self.sudo().dispatch_ids
        if before:
            mine = mine - before.department_id or mine
            rows = rows.filtered(lambda row: row.id < before.id)
        if len(mine) < 2:
            return mine
        had = rows.filtered(lambda row: row.department_id in mine and row.state != "cancelled")
        ranked = had.sorted(lambda row: (row.state in WORKED_STATES, row.role == "lead", row.id))
        return ranked[-1:].department_id

    def _open_dispatches(self):
        """Return unfinished dispatches, also unreadable ones."""
        # sudo: water.dispatch - open work binds the case for every reader
        return self.sudo().dispatch_ids.filtered(lambda row: row.state in WORKED_STATES)

    def _finish_own_work(self, result):
        """Report the work of the user's own department as done when the user finishes the case.

        Work of the user's other departments is reported only if the user accepted it.

        :param result: what was done; without it no report is made
        """
        user = self.env.user
        for case in self if strip_invisible(result) else ():
            speaks_for = case._speaks_for(user)
            mine = case._open_dispatches().filtered(
                lambda row, mine=speaks_for: (
                    row.state == "accepted"
                    and row.department_id in user.water_department_ids
                    and (row.department_id == mine or row.accepted_by_id == user)
                )
            )
            for dispatch in mine.with_env(self.env):
                dispatch.result = dispatch.result or result
                dispatch.action_finish()

    def _who_waits(self):
        """Add the desk while departments are at work."""
        rows = self._open_dispatches().sorted("id").with_env(self.env)
        notes = [Missing(row.sudo()._open_note(), "action_open_dispatches") for row in rows]
        return super()._who_waits() + notes

    def _on_dispatch_accepted(self, dispatch):
        if dispatch.role == "lead":
            self._check_skill(self.env.user)

    def _on_dispatch_rejected(self, dispatch):
        if dispatch.role == "lead":
            now = fields.Datetime.now()
            clocks = self._start_clocks("received", at=now, kinds=("dispatch",))
            trusted(clocks).after_return = True
        if dispatch.role == "lead":
            self._call_out()

    def _clocks_of_dispatching(self):
        """Return clocks that run until the case is sent to a leading department."""
        return self.sudo()._open_clocks().filtered(lambda clock: clock.kind == "dispatch")

    def _on_dispatch_finished(self, dispatch):
        """Hook: a department reported its work as done. The report is never refused here."""

    def _left_after_report(self, env):
        """Hook: return the desk's open tasks after a department's report.

        :param env: environment whose language is used
        """
        return []

    def _people_concerned(self):
        """Return users from whom the cases are hidden: their customers; other addons add theirs."""
        return self._customer_users()

    def _dispatch(self, department, supports=None, note=False, due=None):
        """Send the case to a lead department and its supporters.

        :param department: water.department that leads (主办)
        :param supports: water.department recordset that helps (协办)
        :param note: instruction
        :param due: naive UTC moment by which they are to be done, by default by the standard
        :raises UserError: for a case that is over, and for a moment that is over, or later than
            the customer was promised
        """
        self._check_ruled(department | (supports or department))
        self.ensure_one()
        self.check_access("write")
        self._check_unsealed()
        if due:
            self.env["water.dispatch"]._check_due(due, self)
        (department | (supports or department.browse()))._check_in_use()
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise UserError(self.env._("Only service agents can dispatch a case."))
        if not self.first_responsible_id and self._creator_is_responsible():
            self.action_take()
        self._prepare_dispatch(department)
        self._send_dispatches(supports, note, due)

    def _send_dispatches(self, supports=None, note=False, due=None):
        """Have one open dispatch to each case's department and to the supporters, no other.

        :param supports: water.department recordset that helps
        :param note: instruction
        :param due: as for :meth:`_dispatch`
        """
        missing = []
        for case in self:
            lead = case.department_id
            wanted = {support: "support" for support in supports or () if support != lead}
            wanted[lead] = "lead"
            present = case.sudo().dispatch_ids.filtered(
                lambda row: row.state in ("sent", "accepted")
            )
            kept = present.filtered(lambda row, w=wanted: w.get(row.department_id) == row.role)
            (present - kept)._cancel()
            if note:
                trusted(kept).write({"note": note})
            missing += [
                (case, department, role)
                for department, role in wanted.items()
                if department not in kept.department_id
            ]
            if due:
                fresh = kept.filtered(lambda row: row.due_at != due)
                fresh._ask_by(due)
        self.env["water.dispatch"]._send(missing, note, due)
        self._end_ruling()

    def _proposed_department(self):
        # sudo: water.category - where its cases go is no secret
        case = self.sudo()
        category = case.category_id
        by_zone = category.by_zone or category.parent_id.by_zone
        station = case.zone_id.department_id if by_zone else None
        station = station and case._of_its_company(station).filtered("active")
        return station or case._of_its_company(category.department_id).filtered("active")

    def _of_its_company(self, departments):
        """Return those of ``departments`` that may have the case: categories belong to all
        companies.
        """
        owners = (self.company_id, self.company_id.browse())
        return departments.filtered(lambda row: row.company_id in owners)

    def _prepare_dispatch(self, department):
        """Hook: bring the case into the state of being dispatched."""
        values = {"department_id": department.id}
        # as in a manual write, except for the present handler, who is replaced here
        check_links(self, values, {})
        trusted(self).write(values)

    @api.model
    def _prepare_responsible(self, vals_list):
        if self._creator_is_responsible():
            for vals in vals_list:
                if self._is_own_draft(vals):  # as if filed on the customer's pages
                    continue
                first = vals.get("first_responsible_id") or self.env.uid  # forms send False
                vals["first_responsible_id"] = first
                vals["user_id"] = vals.get("user_id") or first
        for vals in vals_list:
            vals["original_responsible_id"] = vals.get("first_responsible_id")
        self._rely_on(vals_list)

    def _check_write(self, vals):
        super()._check_write(vals)
        if vals.get("user_id"):
            self._check_at_work(self.env["res.users"].browse(vals["user_id"]))
        if "first_responsible_id" in vals:
            self._check_first_responsible(vals["first_responsible_id"])
        elif vals.get("user_id"):  # registering is no handling
            self._check_skill(self.env["res.users"].browse(vals["user_id"]))
        if "department_id" in vals:
            self._check_sent_to(vals["department_id"])

    def _on_first_responsible(self, before, vals):
        if not is_trusted(self.env):
            self._set_original_responsible()

    def _on_assigned(self, before, vals):
        if not is_trusted(self.env):
            self._log_events("assigned", {"to": vals["user_id"]})

    def _supervisors(self):
        head = self._may_hear(self.department_id.manager_id)
        return head or self._desk_supervisors()

    def _vice_president(self):
        case = self.sudo()
        department = case.department_id or self._of_its_company(case.category_id.department_id)
        concerned = case._people_concerned()
        in_charge = (department.deputy_id - concerned).filtered("active")
        return in_charge or (case.company_id.water_general_manager_id - concerned)

    def _desk_supervisors(self):
        group = self.env.ref(SUPERVISOR)
        return self._may_hear(group.all_user_ids)

    def _may_hear(self, users):
        """Return those of ``users`` who work for the company and may see the case."""
        return (users - self._people_concerned()).filtered(
            lambda user: (
                user.active
                and self.company_id in user.company_ids
                and self._seen_by(user)._filtered_access("read")
            )
        )

    # -- department ----------------------------------------------------------------------------
    # The department follows from the current dispatch and cannot be edited.
    #
    # A department that was merely written down would be charged with limits that another one
    # misses.

    def _check_sent_to(self, number):
        """Before it is sent the department may be foreseen, and after it has come back.

        :param number: id of the department that is written, or False
        :raises UserError: for another one than has the work
        """
        for case in self.filtered(lambda case: case.department_id.id != (number or False)):
            lead = case.sudo().dispatch_ids.filtered(
                lambda row, case=case: (
                    row.role == "lead"
                    and row.state in STANDING
                    and row.handling_round == case.handling_round
                )
            )[:1]
            if lead and number not in lead.department_id.ids:
                words = {"case": case.name, "department": lead.department_id.name}
                raise UserError(
                    self.env._(
                        "%(case)s is with %(department)s. Dispatch it to give it to another"
                        " department.",
                        **words,
                    )
                )

    # -- on call -------------------------------------------------------------------------------
    # Notify people of an emergency at any hour, whether or not a department has it.

    def _call_out(self):
        """Dispatch emergencies that no department has, or notify the people on call of them."""
        waiting = self.filtered(lambda case: case._is_unattended())
        waiting._dispatch_on_call()
        lists = defaultdict(self.browse)
        for case in waiting.sudo().filtered(lambda row: row._is_unattended()):
            lists[case._people_on_call()] |= case
            if not case._on_call_lists():
                self.env["water.escalation.step"]._watch_by_day(case.company_id)
        for people, cases in lists.items():
            tell_staff(
                cases,
                people,
                lambda rows: rows.env._(
                    "Emergencies not dispatched yet: %(count)s", count=len(rows)
                ),
                lambda row: " · ".join(filter(None, (row._staff_line(), row.zone_id.name))),
                is_list=True,
            )

    def _dispatch_on_call(self):
        """Hook: dispatch emergencies to the department on call automatically."""

    def _is_unattended(self):
        is_open = self.state not in self._final_states
        return is_open and self.severity == "emergency" and not self._open_dispatches()

    def _people_on_call(self):
        """Return the users whom the case may reach at any hour.

        For an emergency the people on call of its place or category, else those of the service
        desk, else the supervisors, else the fallback of the escalation ladder.
        """
        case = self.sudo()
        kept_out = case._people_concerned()
        if case.severity != "emergency":
            return case.department_id.on_call_user_ids.filtered("active") - kept_out
        people = case._on_call_lists()
        if not people:
            steps, company = self.env["water.escalation.step"], case.company_id
            groups = (steps._people_of(SUPERVISOR, company), *steps._stand_ins(company))
            people = next(filter(None, (group - kept_out for group in groups)), people)
        return people

    def _on_call_lists(self):
        """Return the users on call for an emergency: in its departments, else at the desk."""
        case = self.sudo()
        at_work = case._open_dispatches().department_id
        there = at_work or (case.department_id - case._returns().department_id)
        foreseen = case._proposed_department() | case._of_its_company(
            case.category_id.support_department_ids
        )
        wanted = there or (foreseen - case._returns().department_id)
        kept_out = case._people_concerned()
        lists = (wanted, case.company_id._water_desk_departments())
        people = (rows.on_call_user_ids.filtered("active") - kept_out for rows in lists)
        return next(filter(None, people), kept_out.browse())

    # -- bounce --------------------------------------------------------------------------------
    # A case that departments send back: counted, told, and decided by the supervisor.

    def _returns(self):
        """Return returned dispatches, oldest first, also unreadable ones."""
        rejected = self.sudo().dispatch_ids.filtered(lambda row: row.state == "rejected")
        return rejected.sorted(lambda row: (row.rejected_at, row.id))

    def _check_ruled(self, departments):
        """Refuse to send a case to a department that has returned it, except by a supervisor.

        :raises UserError: with the reason the department gave
        """
        if self.env.su or self.env.user.has_group(SUPERVISOR):
            return
        for dispatch in self._returns().filtered(lambda row: row.department_id in departments):
            raise UserError(
                self.env._(
                    "%(note)s\nSend it to another department, or let a supervisor decide whose it"
                    " is.",
                    note=dispatch._return_note(),
                )
            )

    def _on_returned(self):
        if self.rejection_count >= ESCALATE_AT:
            self._escalate_returns()
        elif self.rejection_count >= ALERT_AT:
            self._tell_returns(self.sudo()._desk_supervisors())

    def _escalate_returns(self):
        """A dispute between departments: supervisors decide, those above hear of it."""
        case, returns = self.sudo(), self._returns()
        trusted(case).bounced_at = case.bounced_at or fields.Datetime.now()
        departments = returns.department_id
        codes = " ↔ ".join(departments.mapped("code"))
        case._log_events("bounced", {"note": codes, "count": case.rejection_count})
        deciders = case._desk_supervisors()
        above = departments.manager_id | departments.deputy_id
        case._ask_ruling(deciders)
        self._tell_returns((deciders | above) - case._people_concerned())

    def _ask_ruling(self, users):
        """Create one to-do to rule on the case, however often it is returned."""
        for user in users - open_todos(self, RULING).user_id:
            lang = self.with_context(lang=user.lang).env
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                RULING,
                date_deadline=self.company_id._water_today(),
                summary=lang._("Decide which department takes it"),
                user_id=user.id,
            )

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        self._end_ruling()

    def _end_ruling(self):
        """Close the to-dos to rule on returned cases."""
        end_todos(self.sudo().filtered("bounced_at"), RULING)

    def _tell_returns(self, users):
        case, returns = self.sudo(), self._returns()

        def compose(env):
            row = case.with_env(env).sudo()
            subject = env._(
                "%(case)s was returned %(count)s times", case=row.name, count=row.rejection_count
            )
            notes = Markup("").join(
                Markup("<li>%s</li>") % note._return_note() for note in returns.with_env(env).sudo()
            )
            line = env._("Decide which department takes it: %s", row._staff_line())
            return subject, Markup("<p>%s</p><ul>%s</ul>") % (line, notes)

        self.env["water.staff.message"]._tell(users, compose, record=case)

    # -- report --------------------------------------------------------------------------------
    # Note to the working department and its report, on the case itself.

    @api.depends("dispatch_ids.note", "dispatch_ids.result", "dispatch_ids.state")
    def _compute_lead(self):
        for case in self:
            # sudo: water.dispatch - readers of the case may read its work
            rows = case.sudo().dispatch_ids.filtered(
                lambda row: row.role == "lead" and row.state not in ("rejected", "cancelled")
            )
            lead = rows.sorted("id")[-1:]
            case.lead_note, case.lead_report = lead.note, lead.result
