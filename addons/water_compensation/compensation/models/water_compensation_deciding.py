from functools import cache

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.locks import force_conflict
from odoo.addons.water_service_desk.base.moments import span_text
from odoo.addons.water_service_desk.base.roles import AGENT, MANAGER, SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible

from .water_compensation import FINANCE

#: events that name a responsible person or the customer; the user who names one is involved
NAMING = ("taken", "handed_over", "deputy_appointed", "identified")
#: fields of the proposal; the others belong to the booking or to the system
WORDING = frozenset(
    {
        *("kind", "amount", "reason", "partner_id", "account_id", "incident_id", "due_on"),
        *("complaint_id", "request_id", "inquiry_id", "department_id", "zone_id", "cause_id"),
        "customer_class",
    }
)
#: records, besides the case, that show the reasons
SEEN_IN = (
    *("partner_id", "account_id.partner_id"),
    *("incident_id.set_back_minutes", "incident_id.manager_id"),
)


def _minutes(begin, end):
    return int((end - begin).total_seconds() // 60) if begin and end else 0


class WaterCompensation(models.Model):
    """One user proposes, others approve: by amount band, with four eyes (S3.2.3a).

    People who made its facts cannot decide, see ``_barred``.
    """

    _name = "water.compensation"
    _inherit = ["water.compensation", "water.maker.mixin"]
    _wording = WORDING

    maker_ids = fields.Many2many(relation="water_compensation_maker_rel")

    second_note = fields.Text(
        string="Why Two Approve",
        compute="_compute_second_note",
        compute_sudo=True,
        help="For these reasons two people approve it, who had no hand in its facts.",
    )

    #: {(from state, to state): who may take the step}; None: only the system
    _steps = {
        ("draft", "proposed"): "proposer",
        ("draft", "withdrawn"): "proposer",
        ("proposed", "approved"): "decider",
        ("proposed", "refused"): "decider",
        ("proposed", "withdrawn"): "owner",
        ("approved", "withdrawn"): "owner",
        ("approved", "proposed"): None,
    }

    proposed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    proposed_at = fields.Datetime(readonly=True, copy=False)
    approved_on = fields.Date(readonly=True, copy=False, index="btree_not_null")
    refuse_reason = fields.Text(string="Reason of the Decision", readonly=True, copy=False)
    round = fields.Integer(readonly=True, copy=False, aggregator=None)
    approval_ids = fields.One2many(
        "water.compensation.approval",
        "compensation_id",
        string="Decisions",
        readonly=True,
    )
    approval_text = fields.Char(string="Decided by", compute="_compute_approval_text")
    can_propose = fields.Boolean(compute="_compute_can")
    can_decide = fields.Boolean(compute="_compute_can")
    can_withdraw = fields.Boolean(compute="_compute_can")

    # -- who may do what ------------------------------------------------------------------------

    @api.depends("state", "amount", "kind", "approval_ids", "payment_state", "is_held")
    @api.depends_context("uid")
    def _compute_can(self):
        band_of = self._band_of()
        barred = self.filtered(lambda row: row.state == "proposed")._barred_each()
        for row in self:
            row.can_propose = row.state == "draft" and row._is_proposer()
            row.can_decide = row.id in barred and not row._decision_faults(band_of, barred[row.id])
            row.can_withdraw = (row.state, "withdrawn") in self._steps and (
                not row._withdrawal_faults(band_of)
            )

    @api.depends("state", "amount", "kind", "approval_ids")
    def _compute_approval_text(self):
        band_of = self._band_of()
        for row in self:
            entries = row.sudo().approval_ids.filtered(
                lambda entry, row=row: entry.round == row.round
            )
            names = ", ".join(entries.user_id.mapped("name")) if row.state != "proposed" else ""
            row.approval_text = names or row._waits_for(band_of)

    def _waits_for(self, band_of):
        band = band_of(self)
        if self.state not in ("draft", "proposed") or not band:
            return ""
        done, needed = len(self._approved_by()), band._needed(self)
        return self.env._(
            "%(people)s (%(done)s of %(needed)s)", people=band._label(), done=done, needed=needed
        )

    def _band_of(self):
        return cache(self.env["water.compensation.band"]._all_of(self.company_id)._fitting)

    def _is_proposer(self):
        """The desk proposes; finance and quality do not."""
        return self.env.su or self.env.user.has_group(AGENT)

    def _approved_by(self):
        """Return who approved it in its present form, personally or through a deputy."""
        entries = self._approvals()
        return entries.user_id | entries.on_behalf_of_id

    def _approvals(self):
        # sudo: water.compensation.approval - the approvers, for users who decide or pay
        return self.sudo().approval_ids.filtered(
            lambda entry: entry.round == self.round and entry.decision == "approved"
        )

    def _decider(self, band_of, barred):
        """Return as whom the present user may decide: personally or for an absent approver.

        :param barred: people who must not decide on it
        :return: ``(user, faults)``: whose decision it is, and why it is not possible
        """
        user, band = self.env.user, band_of(self)
        nobody = self.env["res.users"]
        if not band:
            return nobody, [self._no_band()]
        if user in barred:
            return nobody, [self._barred_fault()]
        if user in self._approved_by():
            return nobody, [self.env._("you have approved it already; now it is for others")]
        if self.env.su or band._names(user):
            return user, []
        absent = self.env["water.compensation.delegation"]._absent(user, self.company_id, barred)
        for person in absent - barred - self._approved_by():
            if band._names(person):
                return person, []
        return nobody, [self._others_fault(band)]

    def _others_fault(self, band):
        if self.currency_id.compare_amounts(self.joint_amount, self.amount) > 0:
            return self.env._(
                "this is decided by: %(people)s, for with what was proposed besides for this case,"
                " account or payee it is %(amount)s",
                people=band._label(),
                amount=self.currency_id.format(self.joint_amount),
            )
        return self.env._("this is decided by: %(people)s", people=band._label())

    def _no_band(self):
        return self.env._(
            "no approval band fits this kind and amount: a manager adds one under Configuration"
        )

    def _decision_faults(self, band_of, barred):
        if self.state != "proposed":
            label = dict(self._fields["state"]._description_selection(self.env))[self.state]
            return [self.env._("it is “%(state)s” by now", state=label)]
        if self.currency_id.is_zero(self.amount):
            return [self.env._("there is no amount to decide on")]
        if self.is_held:
            return [self._hold_fault()]
        return self._decider(band_of, barred)[1] or self._holders_fault()

    def _withdrawal_faults(self, band_of):
        if self.payment_state == "paid":
            return [self.env._("it has been paid: finance reverses the entry first")]
        mine = self.env.user in (self.proposed_by_id | self.create_uid)
        early = mine and self.state != "approved"
        above = self.env.su or self.env.user.has_group(SUPERVISOR)
        if early or above or band_of(self)._names(self.env.user):
            return []
        return [self.env._("only the proposer, a supervisor or the approver can withdraw it")]

    # -- proposing ------------------------------------------------------------------------------

    def action_propose(self):
        """Submit it for a decision.

        :raises UserError: what is missing, or when no band matches
        """
        self.check_access("write")
        self._lock()
        band_of = self._band_of()
        for row in self:
            row._check_faults(row._proposal_faults(band_of))
        now, user = fields.Datetime.now(), self.env.uid
        rows = self.sudo()
        trusted(rows).write({"state": "proposed", "proposed_by_id": user, "proposed_at": now})
        rows._after_proposed()
        return True

    def _proposal_faults(self, band_of):
        if self.state != "draft":
            return [self.env._("it has been proposed already")]
        if not self._is_proposer():
            return [self.env._("the service desk proposes compensations")]
        faults = []
        if self.currency_id.is_zero(self.amount):
            faults.append(self.env._("enter the amount"))
        if not strip_invisible(self.reason):
            faults.append(self.env._("write down the reason, in words that the customer may read"))
        if not self.partner_id:
            faults.append(self.env._("choose who is paid"))
        if not band_of(self):
            faults.append(self._no_band())
        return faults

    def _check_faults(self, faults):
        if faults:
            raise UserError(self._refused_text(faults))

    def _refused_text(self, faults):
        lines = "\n".join(f"· {fault}" for fault in faults)
        return self.env._("%(number)s cannot go on:\n%(lines)s", number=self.name, lines=lines)

    def _after_proposed(self):
        super()._after_proposed()
        self._log_case("proposed")
        self._settle_by_rule()

    def _lock(self):
        """Lock the rows against concurrent decisions.

        :raises UserError: when another user holds them
        """
        try:
            self.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("A colleague is working on it right now: try again in a moment.")
            ) from error
        force_conflict(self)  # approvals are in other rows
        self.invalidate_recordset(["state", "payment_state", "round", "joint_amount"])

    # -- deciding -------------------------------------------------------------------------------

    def action_approve(self):
        """Approve; several at once, each one checked by itself.

        :raises UserError: why none of them can be approved by the present user
        :return: what could not be approved, as a notice, or True
        """
        self.check_access("write")
        self._lock()
        band_of = self._band_of()
        barred = self._barred_each()
        behalf, faults = {}, {}
        for row in self:
            faults[row] = row._decision_faults(band_of, barred[row.id])
            person = row._decider(band_of, barred[row.id])[0]
            if person != self.env.user:
                behalf[row.id] = person
        good = self.filtered(lambda row: not faults[row])
        texts = [row._refused_text(faults[row]) for row in self - good]
        if not good:
            raise UserError("\n\n".join(texts[:5]))
        self.env["water.compensation.approval"]._keep(good, "approved", behalf)
        good.invalidate_recordset(["approval_ids"])
        done = good.sudo().filtered(lambda row: len(row._approvals()) >= band_of(row)._needed(row))
        done._approve()
        return self._notice(len(good), texts) if texts else True

    def _notice(self, count, texts):
        title = self.env._("%(count)s approved, %(rest)s not", count=count, rest=len(texts))
        return windows.message("\n".join(texts[:5]), "warning", title, windows.RELOAD)

    def _approve(self):
        """Enough people have agreed: the decision stands, and finance gets its entry."""
        if not self:
            return
        for company, rows in self.grouped("company_id").items():
            decided = {"approved_on": company._water_today(), "move_queued": True}
            trusted(rows).write({"state": "approved", **decided})
        self._log_case("approved")
        self._after_approved()
        for company, rows in self.grouped("company_id").items():
            budgets = self.env["water.compensation.budget"]._of(company, company._water_today())
            budgets.filtered(lambda budget, rows=rows: any(map(budget._covers, rows)))._warn()

    def _after_approved(self):
        """Hook: the decision stands."""

    def action_refuse(self):
        """Open the dialog that asks for the reason."""
        return self._ask("refuse", self.env._("Refuse"))

    def action_withdraw(self):
        """Open the dialog that asks for the reason."""
        return self._ask("withdraw", self.env._("Withdraw"))

    def _ask(self, step, title):
        return windows.dialog(
            "water.compensation.wizard",
            title,
            {"default_compensation_ids": self.ids, "default_step": step},
        )

    def _refuse(self, reason):
        """Refuse it and notify the proposer.

        :raises UserError: without a reason, or for users who may not decide
        """
        self._check_reason(reason)
        self._lock()
        band_of = self._band_of()
        barred = self._barred_each()
        for row in self:
            row._check_faults(row._decision_faults(band_of, barred[row.id]))
        self.env["water.compensation.approval"]._keep(self, "refused", reason=reason)
        rows = self.sudo()
        trusted(rows).write({"state": "refused", "refuse_reason": reason})
        rows._log_case("refused")
        rows._after_dropped()
        for user, mine in rows.grouped("proposed_by_id").items():
            numbers = ", ".join(mine.mapped("name"))
            self.env["water.staff.message"]._tell(
                user, lambda env, numbers=numbers: (env._("Not approved: %s", numbers), reason)
            )

    def _withdraw(self, reason):
        """Withdraw it; a draft entry is cancelled, a posted one is reversed by finance.

        :raises UserError: without a reason, after payment, or without the right
        """
        self._check_reason(reason)
        self._lock()
        band_of = self._band_of()
        for row in self:
            faults = row._withdrawal_faults(band_of)
            if (row.state, "withdrawn") not in self._steps:
                faults = [self.env._("it is over already")]
            row._check_faults(faults)
        self.env["water.compensation.approval"]._keep(self, "withdrawn", reason=reason)
        self._drop_entries()
        rows = self.sudo()
        trusted(rows).write({"state": "withdrawn", "refuse_reason": reason, "move_queued": False})
        rows._log_case("withdrawn")
        rows._after_dropped()

    def _check_reason(self, reason):
        self.check_access("write")
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))

    def _after_dropped(self):
        penalties = self.penalty_ids.filtered(lambda row: row.payment_state != "paid")
        live = penalties.filtered(lambda row: row.state in ("draft", "proposed", "approved"))
        if live:
            live._withdraw(self.env._("What it was for is not paid."))
            trusted(live).is_replaced = True  # owed again, it comes again

    # -- by hand --------------------------------------------------------------------------------

    def write(self, vals):
        """The state moves by the buttons alone."""
        if "state" in vals:
            for row in self:
                if row.state != vals["state"] and (row.state, vals["state"]) not in (self._steps):
                    raise AccessError(self.env._("There is no such step."))
        return super().write(vals)

    def _log_case(self, step):
        """Keep in the chain of each case what became of its compensation."""
        for link, model in self._case_models().items():
            payloads = {}
            for row in self.filtered(link):
                payloads.setdefault(row[link].id, []).append(
                    {"number": row.name, "step": step, "amount": row.amount}
                )
            # one event per case and step for any number of compensations
            cases = self.env[model].browse(payloads)
            if cases:
                cases._log_events(
                    "compensation", {case.id: {"rows": payloads[case.id]} for case in cases}
                )

    # -- barred --------------------------------------------------------------------------------
    # Barred are its payee and the users who created or proposed it, or handled its case, incident
    # or appeal (S3.2.3a, four eyes).

    def _barred(self):
        return self._barred_each()[self.id]

    def _barred_each(self):
        """Return {id: people who must not decide on it}; shared values are looked up once."""
        rows, system = self.sudo(), self.env["res.users"].browse(SUPERUSER_ID)
        staff = rows._staff_behind()
        return {row.id: (row._hands() | staff[row.id]) - system for row in rows}

    def _hands(self):
        people = self.proposed_by_id | self.create_uid | self.maker_ids | self.partner_id.user_ids
        people |= self._root().maker_ids
        appeal = self.appeal_id
        people |= appeal.reviewer_id | appeal.member_ids | appeal.decided_by_id
        people |= self.incident_id._fact_makers()
        return people | self._case_makers()

    def _check_pay(self, payees):
        """Refuse to post or pay what is withdrawn, held or frozen, or due to another payee.

        Users who made its facts or approved it cannot post or pay it.

        :param payees: res.partner who would be paid, and the holder of the bank account
        :raises UserError: why
        """
        self._check_faults(self._pay_faults(payees))

    def _pay_faults(self, payees):
        row, user = self.sudo(), self.env.user
        if row.state != "approved":  # an entry that was posted before can only be reversed
            return [self.env._("the compensation is not approved any more")]
        if row.is_held:
            return [row._hold_fault()]
        barred = row._barred()
        if user in barred:
            return [self._barred_fault()]
        approved = row._approved_by().filtered(lambda who: who.id != SUPERUSER_ID)
        if user in approved and row._other_payers(barred):
            return [self.env._("you have approved it: a colleague in finance posts and pays it")]
        if row.freeze_note:
            return row.freeze_note.splitlines()
        payee = row._other_payee()
        if payee:
            return [
                self.env._(
                    "%s held the account when it arose: reverse the entry, and make it anew",
                    payee.name,
                )
            ]
        if not all(one._water_is_same_payee(row.partner_id) for one in payees):
            return [self.env._("the payee differs from the approved one")]
        return row._holders_fault()

    def _other_payers(self, barred):
        """Return who could post and pay it without having approved it; if empty, one person does
        both.

        :param barred: people who must not
        """
        finance = self.env.ref(FINANCE).sudo().all_user_ids
        at_work = finance.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )
        return at_work - barred - self._approved_by()

    def _barred_fault(self):
        return self.env._(
            "who proposed it, is paid by it or had a hand in its facts does not decide"
        )

    def _case_makers(self):
        """Return everyone involved in the case and in cases merged with it."""
        case = self._case_or_none()
        if case is None:
            return self.env["res.users"]
        people = self.env["res.users"]
        for one in case._cases_of_matter():
            people |= one.create_uid | one._first_entry().create_uid
            people |= one._people_concerned() | one._field_workers()
            people |= one.first_responsible_id | one.original_responsible_id
            people |= one.user_id | one.acting_responsible_id
            people |= one.event_ids.filtered(lambda event: event.kind in NAMING).user_id
        return people

    # -- second --------------------------------------------------------------------------------
    # Reasons for a second approver in any band; they are shown.
    #
    # Facts that were entered long after they happened, a first responsible who was put there, a
    # payee who is, or seems to be, one of the staff: none of it is wrong, all of it is how one
    # hand would pay itself (S3.2.3a).

    @api.depends(lambda self: (*SEEN_IN, *self._case_models()))
    @api.depends_context("lang")
    def _compute_second_note(self):
        staff = self._staff_behind()
        for row in self:
            reasons = [*row._late_entries(), *row._foreign_hands()]
            reasons += row._doubtful_payee(staff[row.id])
            row.second_note = "\n".join(reasons) or False

    # -- facts entered later ------------------------------------------------------------------

    def _late_entries(self):
        """Facts that were set earlier than they were entered, by more than the company allows."""
        found, case, incident = [], self._case_or_none(), self.incident_id
        allowed = self.company_id.water_late_entry_minutes
        entry = case._first_entry() if case is not None else None
        late = _minutes(entry.received_at, entry._entered_at()) if entry is not None else 0
        if late > allowed:
            found.append(
                self.env._(
                    "%(case)s was entered %(span)s after it was received, by %(user)s",
                    case=entry.name,
                    span=span_text(self.env, late),
                    user=entry.create_uid.name,
                )
            )
        if incident.set_back_minutes > allowed:
            found.append(
                self.env._(
                    "the beginning of %(incident)s was set back by %(span)s, by %(user)s",
                    incident=incident.name,
                    span=span_text(self.env, incident.set_back_minutes),
                    user=", ".join(incident.set_back_by_ids.mapped("name")) or "-",
                )
            )
        return found

    # -- who was put there --------------------------------------------------------------------

    def _foreign_hands(self):
        """A first responsible or a commander whom another has put there, or of another house."""
        found, case, incident = [], self._case_or_none(), self.incident_id
        first = case.first_responsible_id if case is not None else self.env["res.users"]
        if first and self._is_foreign(first, case.department_id, AGENT):
            found.append(
                self.env._("%s answers for the case and is not of its department", first.name)
            )
        original = case.original_responsible_id if case is not None else first
        if original and case._is_named_by_another():
            found.append(
                self.env._(
                    "%(user)s registered the case and named %(first)s to answer for it",
                    user=case.create_uid.name,
                    first=original.name,
                )
            )
        head = incident.manager_id
        if head and self._is_foreign(head, incident.department_id, AGENT, MANAGER):
            found.append(
                self.env._("%s commands the incident but is not in its department", head.name)
            )
        return found

    def _is_foreign(self, user, department, *roles):
        people = department.member_ids | department.manager_id | department.deputy_id
        at_home = user in people or any(user.has_group(role) for role in roles)
        return not (at_home and self.company_id in user.company_ids)

    # -- who is paid --------------------------------------------------------------------------

    def _doubtful_payee(self, staff):
        """Return why the payee is doubtful: a member of staff, or unknown to the case.

        :param staff: res.users that payee or holder are, or seem to be
        """
        found = []
        if staff:
            names = ", ".join(staff.mapped("name"))
            found.append(
                self.env._("the payee is, or shares contact or bank with, staff: %s", names)
            )
        if self._is_payee_unknown():
            found.append(self.env._("the payee is neither the holder nor the customer of the case"))
        return found

    def _is_payee_unknown(self):
        account, case = self.account_id, self._case_or_none()
        known = account.partner_id | account.former_holder_ids.partner_id
        known |= case.partner_id if case is not None else known.browse()
        return bool(account) and not self.partner_id._water_is_same_payee(known)

    def _staff_behind(self):
        """Return {id: res.users}: staff who are, or seem to be, payee or holder, or live there.

        Delegates of the account count like its holder.
        """
        payees = {
            row.id: row.partner_id | row.account_id.partner_id | row.account_id._acting_for()
            for row in self
        }
        everybody = self.env["res.partner"].union(*payees.values())
        found = everybody._water_staff_by_contact(*payees.values())
        at_home = everybody._water_staff_at(self.account_id.mapped("address"))
        nobody = self.env["res.users"]
        return {
            row.id: found[payees[row.id]] | at_home.get(row.account_id.address, nobody)
            for row in self
        }
