from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.isolated import FAILED, run_each_isolated, run_isolated
from odoo.addons.water_service_desk.base.moments import is_late
from odoo.addons.water_service_desk.base.roles import CASE_GROUPS
from odoo.addons.water_service_desk.base.true_only import true_only
from odoo.addons.water_service_desk.base.trust import trusted

from .water_appeal import BY_PEOPLE
from .water_compensation import LIVE

#: kinds that an exemption can cancel
BY_RULE = ("entitlement", "penalty")
#: Compensations looked at per committed batch.
BATCH = 200
TO_DO = "water_compensation.mail_activity_type_recheck"


class WaterCompensation(models.Model):
    """When it is paid, what late payment costs, and how a new amount is taken in."""

    _inherit = "water.compensation"

    is_held = fields.Boolean(
        string="On Hold", compute="_compute_hold", compute_sudo=True, search="_search_is_held"
    )
    hold_note = fields.Char(
        string="Exemptions to Decide",
        compute="_compute_hold",
        compute_sudo=True,
        help="Requested and not decided yet: the compensation cannot be approved or posted "
        "meanwhile.",
    )

    corrects_id = fields.Many2one(
        "water.compensation",
        string="Adds to",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="What was posted is not changed: this is the difference to the new amount.",
    )
    is_replaced = fields.Boolean(
        readonly=True,
        copy=False,
        help="Withdrawn by a calculation, not by people: what is owed stands in its differences.",
    )
    correction_ids = fields.One2many(
        "water.compensation", "corrects_id", string="Differences", readonly=True
    )
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    in_time = fields.Float(
        string="Paid on Time",
        compute="_compute_in_time",
        store=True,
        aggregator="avg",
        help="1: by its last day, 0: later. An average among those that are paid and had a limit.",
    )
    is_settled = fields.Boolean(compute="_compute_in_time", store=True, string="Paid, with a Limit")
    days_left = fields.Integer(compute="_compute_is_late")

    _unpaid_idx = models.Index("(due_on, id) WHERE state IN ('proposed', 'approved')")

    recheck_appeal_id = fields.Many2one(
        "water.appeal",
        string="Look at Again",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=CASE_GROUPS,
        help="The finding on which it was granted has been changed by this appeal.",
    )
    needs_recheck = fields.Boolean(
        compute="_compute_hold", compute_sudo=True, export_string_translation=False
    )
    can_confirm = fields.Boolean(compute="_compute_can_confirm", export_string_translation=False)

    @api.depends("due_on", "state", "payment_state", "paid_on")
    def _compute_is_late(self):
        days = self._company_days(self.company_id)
        for row in self:
            today = days.get(row.company_id) or row.company_id._water_today()
            until = row.paid_on or today
            owed = row.state in ("proposed", "approved") and row.amount
            owed = owed and row.payment_state != "reversed"
            row.is_late = owed and bool(row.due_on) and is_late(row.due_on, until)
            row.days_left = (row.due_on - today).days if row.due_on and not row.paid_on else 0

    @api.model
    @true_only
    def _search_is_late(self):
        return self._late_domain()

    @api.model
    def _company_days(self, companies):
        return {company: company._water_today() for company in companies}

    @api.model
    def _late_domain(self):
        """Return the domain of what was not paid by its due day."""
        owed = Domain("state", "in", ("proposed", "approved")) & Domain("amount", ">", 0)
        # sudo: res.company - the day of every company whose rows may be read
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        days = self._company_days(companies)
        owed &= Domain.OR(
            Domain("due_on", "<", day)
            & Domain("company_id", "in", [company.id for company in days if days[company] == day])
            for day in set(days.values())
        )
        unpaid = Domain("payment_state", "not in", ("paid", "reversed"))
        # Odoo cannot compare two columns in a domain: late payments are found by their mark
        late = Domain("is_settled", "=", True) & Domain("in_time", "=", 0)
        return owed & (unpaid | late)

    @api.depends("paid_on", "due_on", "payment_state")
    def _compute_in_time(self):
        for row in self:
            row.is_settled = bool(row.payment_state == "paid" and row.due_on and row.paid_on)
            row.in_time = 1 if row.is_settled and not is_late(row.due_on, row.paid_on) else 0

    # -- when it is paid --------------------------------------------------------------------

    def _after_approved(self):
        for row in self:
            due = row._payment_due_on()
            if due and due != row.due_on:
                trusted(row).due_on = due
        self._start_payment_clocks()
        super()._after_approved()

    def _start_payment_clocks(self):
        """One clock for each day by which something of a case is to be paid."""
        for row in self.filtered("due_on"):
            case = row._case_or_none()
            if case is None or case._payment_clocks(row.due_on):
                continue
            end = case.company_id._water_end_of_day(row.due_on)
            if end <= fields.Datetime.now():
                continue
            values = case._given_clock("payment", end, self.env._("Compensation %s", row.name))
            values["provisional"] = row.due_provisional
            self.env["water.deadline"]._start([values])

    def _after_posted(self):
        self._log_case("posted")
        self._tell_customers()

    def _after_paid(self):
        """Meet the clocks of cases with nothing left to pay."""
        paid = self.filtered(lambda row: row.payment_state == "paid")  # or settled by a reversal
        paid._log_case("paid")
        (self - paid)._log_case("reversed")
        for link, model in self._case_models().items():
            rows = paid.filtered(link)
            for moment, numbers in rows._settled_numbers(link).items():
                self.env[model].browse(numbers)._log_events("paid", numbers, at=moment)

    def _is_unpaid(self):
        return self.state == "approved" and self.payment_state not in ("paid", "reversed")

    def _settled_numbers(self, link):
        found = {}
        for case, rows in self.grouped(link).items():
            owed = case._owed_days()
            done = rows.filtered(lambda row, owed=owed: row.due_on not in owed)
            for day, mine in done.grouped("due_on").items():
                kept = found.setdefault(self._paid_at(case, day), {})
                kept.setdefault(case.id, {"numbers": []})["numbers"] += mine.mapped("name")
        return dict(sorted(found.items()))

    @api.model
    def _paid_at(self, case, due_on):
        now = fields.Datetime.now()
        rows = case.compensation_ids.filtered(lambda row: row.due_on == due_on)
        days = [day for day in rows.mapped("paid_on") if day]
        end = case.company_id._water_end_of_day(max(days)) if days else now
        return min(end, now)

    def _after_dropped(self):
        """Drop the payment clock, as nothing is left to pay."""
        super()._after_dropped()
        for row in self:
            case = row._case_or_none()
            if case is not None and row.due_on and row.due_on not in case._owed_days():
                case._payment_clocks(row.due_on)._void()
        self.filtered("recheck_appeal_id")._recheck_done()

    # -- late payment -----------------------------------------------------------------------

    @api.model
    def _cron_late(self):
        """Scheduled action: add a penalty, once, to what is not paid by its due day."""
        add = type(self)._add_penalties
        for batch in self._batches(self._penalty_domain(), BATCH):
            locked = batch.try_lock_for_update(allow_referencing=True)
            if run_isolated(locked, add) is FAILED:
                run_each_isolated(locked, add)

    @api.model
    def _penalty_domain(self):
        late = self._late_domain()
        late &= Domain("kind", "=", "entitlement") & Domain("due_provisional", "=", False)
        return late & Domain("penalty_ids", "not any", [("is_replaced", "=", False)])

    def _add_penalties(self):
        values = []
        for row in self:
            penalty = row._penalty_values()
            if penalty.get("amount"):
                values.append({**row._penalty_frame(), **penalty})
        return self._propose(values)

    def _penalty_frame(self):
        """Return the values that a penalty takes over from the late compensation."""
        names = ("complaint_id", "request_id", "inquiry_id", "incident_id", "deadline_id")
        names += ("visit_id", "account_id", "partner_id", "zone_id", "department_id", "cause_id")
        names += ("company_id",)
        again = len(self.penalty_ids)
        return {
            **{name: self[name].id for name in names},
            "kind": "penalty",
            "penalty_of_id": self.id,
            "origin_key": f"late:{self.id}" + (f":{again}" if again else ""),
            "customer_class": self.customer_class,
            "payee_kind": self.payee_kind,
            "failed_at": fields.Datetime.now(),
            "reason": self._in_payee_lang().env._(
                "%(number)s was not paid by %(day)s.",
                number=self.name,
                day=fields.Date.to_string(self.due_on),
            ),
        }

    # -- another amount ---------------------------------------------------------------------

    def _reprice(self, amount, trace):
        """Change the amount because facts changed before payment.

        Proposals change; approved ones are decided again and their draft entry is cancelled; posted
        ones stay, with a correction for the difference, or are reversed and proposed again when
        less is due. Paid money is never reclaimed.

        :param amount: in the currency of the compensation
        :param trace: the calculation in words
        """
        for row in trusted(self.sudo()):
            more = sum(row._live_corrections().mapped("amount"))
            counts = row.state in LIVE
            present = row._owed_now()
            change = row.currency_id.compare_amounts(amount, present)
            if not (counts or row.is_replaced) or not change:
                row.trace = trace
            elif counts and row.payment_state not in ("posted", "paid") and amount >= more:
                row._take_amount(amount - more, trace)
            elif change > 0:
                row._add_difference(amount - present, trace)
            else:
                row._take_less(amount, present, trace)

    def _is_decided_against(self):
        """Return whether people refused or withdrew it, unless it was paid before."""
        ended = self.state not in LIVE and not self.is_replaced
        return ended and self.payment_state != "paid"

    def _owed_now(self):
        own = self.amount if self.state in LIVE else 0
        return own + sum(self._live_corrections().mapped("amount"))

    def _live_corrections(self):
        return self.correction_ids.filtered(lambda more: more.state in ("proposed", "approved"))

    def _undecided(self):
        if self.state != "approved":
            return {"round": self.round + 1} if self.approval_ids else {}
        self._drop_entries()
        again = {"state": "proposed", "approved_on": False, "move_queued": False}
        return {"round": self.round + 1, **again}

    def _take_amount(self, amount, trace):
        values = {"amount": amount, "trace": trace, **self._undecided()}
        self.write(values)
        if self.currency_id.is_zero(amount):
            self._after_dropped()
        elif "state" in values:
            self._after_proposed()

    def _add_difference(self, amount, trace):
        """More is owed than is posted: the difference is a row of its own."""
        self.trace = trace
        frame = self._penalty_frame()
        frame.pop("penalty_of_id")
        number = len(self.correction_ids) + 1
        self._propose(
            [
                {
                    **frame,
                    "kind": self.kind,
                    "corrects_id": self.id,
                    "origin_key": f"more:{self.id}:{number}",
                    "amount": amount,
                    "trace": trace,
                    "reason": self.reason,
                    "due_on": self.due_on,
                    "failed_at": self.failed_at,
                }
            ]
        )

    def _take_less(self, amount, present, trace):
        """Reduce the amount: corrections go first; posted entries are reversed, paid ones stay."""
        rows = self.correction_ids.sorted("id", reverse=True) | self
        for row in rows.filtered(lambda row: row.state in ("proposed", "approved")):
            if row.payment_state == "paid" or present <= amount:
                continue
            present -= row.amount
            row.is_replaced = True
            row._withdraw(self.env._("Worked out anew: less is owed."))
        self.trace = trace
        if present < amount:
            self._add_difference(amount - present, trace)

    def _penalty_values(self):
        """Return the values of the penalty for a late payment, by the entitlement's rule."""
        rule, company = self._rule_of_penalty(), self.company_id
        if self.kind != "entitlement" or not rule.late_penalty or not self.amount:
            return {}
        same = rule.currency_id == company.currency_id
        day = company._water_today(self.failed_at)
        rate = 1 if same else company._water_scheme_on(day)[1]
        amount = company.currency_id.round(rule.late_penalty * rate)
        trace = self.with_context(lang=company.partner_id.lang or self.env.lang).env._(
            "Payable by %(due)s and not paid: penalty by %(rule)s.",
            due=self.due_on,
            rule=rule.code,
        )
        return {"amount": amount, "rule_id": rule.id, "trigger": rule.trigger, "trace": trace}

    def _rule_of_penalty(self):
        root = self.corrects_id
        if root.is_replaced and self == root._live_corrections().sorted("id")[:1]:
            return root.rule_id
        return self.rule_id

    # -- hold ----------------------------------------------------------------------------------
    # An exemption that has been asked for holds the money until it is decided (domain 4.1).
    #
    # Not approved or posted meanwhile, since paid money is not reclaimed. The due day stays:
    # deciding on the exemption too late costs the penalty.

    @api.depends(
        *("state", "kind", "exemption_ids.state", "incident_id.exemption_ids.state"),
        *("recheck_appeal_id", "payment_state"),
    )
    @api.depends_context("lang")
    def _compute_hold(self):
        exempted = {row: row._exempted_id() for row in self}
        own, shared = self._waiting_exemptions([*exempted.values()])
        for row in self:
            found = own.get(exempted[row], []) + shared.get(row.incident_id.id, [])
            counts = row.kind in BY_RULE and row.state in LIVE
            row.hold_note = ", ".join(dict.fromkeys(found)) if counts else False
            row.is_held = bool(row.hold_note)
        for row in self:
            row.needs_recheck = bool(row.recheck_appeal_id) and row._waits_for_recheck()
            if row.needs_recheck:
                names = [row.hold_note, row.recheck_appeal_id.name]
                row.hold_note = ", ".join(filter(None, names))
                row.is_held = True

    def _exempted_id(self):
        """Return the id of the compensation that its exemptions are about, also for penalties."""
        return (self.penalty_of_id or self.corrects_id or self)._origin.id

    def _waiting_exemptions(self, ids):
        """Return ``({compensation id: names}, {incident id: names})`` of undecided exemptions.

        :param ids: of the compensations that exemptions are about
        """
        target = Domain("compensation_id", "in", ids)
        target |= Domain("incident_id", "in", self.incident_id.ids)
        rows = self.env["water.compensation.exemption"]
        own, shared = {}, {}
        for row in rows.search(target & Domain("state", "=", "requested"), order="id"):
            found = own if row.compensation_id else shared
            target_id = (row.compensation_id or row.incident_id).id
            found.setdefault(target_id, []).append(row.code_id.name)
        return own, shared

    @api.model
    @true_only
    def _search_is_held(self):
        # sudo: water.compensation.exemption - users who see the money are told of open ones
        rows = self.env["water.compensation.exemption"].sudo()
        waiting = rows.search([("state", "=", "requested")])
        ids, incidents = waiting.compensation_id.ids, waiting.incident_id.ids
        target = Domain("id", "in", ids) | Domain("incident_id", "in", incidents)
        target |= Domain("penalty_of_id", "in", ids) | Domain("corrects_id", "in", ids)
        live = Domain("state", "in", LIVE)
        rechecked = Domain("recheck_appeal_id", "!=", False) & Domain("payment_state", "!=", "paid")
        return (target & Domain("kind", "in", BY_RULE) & live) | (rechecked & live)

    def _hold_fault(self):
        """Why it waits, in words."""
        row = self.sudo()
        if row._waits_for_recheck():
            return self.env._(
                "the appeal %s has changed the finding on which it was granted: look at it again"
                " first",
                row.recheck_appeal_id.name,
            )
        return self.env._(
            "an exemption has been asked for and is decided first: %(names)s", names=self.hold_note
        )

    def _settle_by_rule(self):
        """Approve what a band leaves to the rule; held ones wait for their decision."""
        band_of = self._band_of()
        settled = self.filtered(
            lambda row: (
                row.state == "proposed"
                and (band := band_of(row))
                and band._needed(row) == 0
                and not row.is_held
            )
        )
        settled._approve()

    def action_open_exemptions(self):
        """Open the exemptions that it waits for, its own and those of its incident."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "water_compensation.action_compensation_exemption"
        )
        target = Domain("compensation_id", "=", self.sudo()._exempted_id())
        if self.incident_id:
            target |= Domain("incident_id", "=", self.incident_id.id)
        return {**action, "domain": list(target), "context": {}}

    # -- recheck -------------------------------------------------------------------------------
    # Money that people granted on a finding which an appeal has changed is looked at again.
    #
    # Not approved, posted or paid until an authorised person confirms or withdraws it. For paid
    # ones an activity is created; money is not reclaimed automatically.

    def _waits_for_recheck(self):
        live = self.state in LIVE and self.payment_state != "paid"
        return bool(self.recheck_appeal_id) and live

    @api.depends("recheck_appeal_id", "state", "payment_state")
    @api.depends_context("uid")
    def _compute_can_confirm(self):
        band_of = self._band_of()
        for row in self:
            row.can_confirm = row._may_confirm(band_of)

    def _may_confirm(self, band_of):
        """Return whether the user may decide on it and took no part in the case or the appeal."""
        appeal = self.sudo().recheck_appeal_id
        barred = self._barred() | appeal.reviewer_id | appeal.member_ids | appeal.decided_by_id
        named = self.env.su or band_of(self)._names(self.env.user)
        return bool(appeal and named and self.env.user not in barred)

    # -- the appeal ----------------------------------------------------------------------------

    def _look_again(self, appeal):
        """The finding has changed: hold what people granted on it, and have it looked at.

        :param appeal: the water.appeal that was decided
        """
        own = appeal.grant_on_id
        rows = self.filtered(
            lambda row: (
                row.kind in BY_PEOPLE
                and row.state in LIVE
                and row.appeal_id != appeal
                and row not in own
                and not row.corrects_id
            )
        )
        trusted(rows).write({"recheck_appeal_id": appeal.id})
        if rows:
            rows._ask_recheck(appeal)

    def _ask_recheck(self, appeal):
        """A to-do on the complaint for each supervisor who may decide."""
        case, band_of = appeal.complaint_id, self._band_of()
        people = case._desk_supervisors()
        able = people.filtered(
            lambda user: any(row._seen_by(user)._may_confirm(band_of) for row in self)
        )
        numbers = ", ".join(self.mapped("name"))
        for user in able or people:
            lang = case.with_context(lang=user.lang).env
            case.with_context(mail_activity_quick_update=True).activity_schedule(
                TO_DO,
                date_deadline=case.company_id._water_today(),
                summary=lang._("Look again at what was granted: %s", numbers),
                user_id=user.id,
            )

    # -- looked at -----------------------------------------------------------------------------

    def action_confirm(self):
        """Open the dialog that says why it stays although the finding has changed."""
        return self._ask("keep", self.env._("It Stays"))

    def _confirm_again(self, reason):
        """Confirm it although the finding has changed; approval and payment continue.

        :param reason: required
        :raises UserError: without a reason, when nothing waits, or without the right to decide
        """
        self._check_reason(reason)
        self._lock()
        band_of = self._band_of()
        for row in self:
            if not row.sudo().recheck_appeal_id:
                row._check_faults([self.env._("no review of it is due")])
            if not row._may_confirm(band_of):
                label = band_of(row)._label()
                row._check_faults([self.env._("this is decided by: %(people)s", people=label)])
        self.env["water.compensation.approval"]._keep(self, "kept", reason=reason)
        self.sudo()._recheck_done()
        self.sudo()._settle_by_rule()

    def _recheck_done(self):
        """Close the activities; the thread of an archived complaint stays closed."""
        if not self:
            return
        cases = self.complaint_id
        trusted(self).write({"recheck_appeal_id": False})
        cases.filtered(lambda case: not case.compensation_ids.recheck_appeal_id).activity_unlink(
            [TO_DO]
        )
