from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import AGENT, SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.turns import meet
from odoo.addons.water_service_desk.base.words import said


class WaterCompensation(models.Model):
    """Proposed by one, approved by others: by amount band, with four eyes (S3.2.3a).

    Whoever made the facts does not decide, see ``_barred``.
    """

    _inherit = "water.compensation"

    #: {(from state, to state): who may take the step}; the system alone where there is nobody
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
        bands = self._bands()
        barred = self.filtered(lambda row: row.state == "proposed")._barred_each()
        for row in self:
            row.can_propose = row.state == "draft" and row._is_proposer()
            row.can_decide = row.id in barred and not row._decision_faults(bands, barred[row.id])
            row.can_withdraw = (row.state, "withdrawn") in self._steps and (
                not row._withdrawal_faults(bands)
            )

    @api.depends("state", "amount", "kind", "approval_ids")
    def _compute_approval_text(self):
        """Who has decided, or who has to."""
        bands = self._bands()
        for row in self:
            row.approval_text = row._decided_by() or row._waits_for(bands)

    def _decided_by(self):
        if self.state == "proposed":
            return ""
        names = self.sudo().approval_ids.filtered(lambda entry: entry.round == self.round)
        return ", ".join(names.user_id.mapped("name"))

    def _waits_for(self, bands):
        band = bands._fitting(self)
        if self.state not in ("draft", "proposed") or not band:
            return ""
        done, needed = len(self.sudo()._approved_by()), band._needed(self)
        return self.env._(
            "%(people)s (%(done)s of %(needed)s)", people=band._label(), done=done, needed=needed
        )

    def _bands(self):
        return self.env["water.compensation.band"]._all_of(self.sudo().company_id)

    def _is_proposer(self):
        """The desk proposes; finance and quality do not."""
        return self.env.su or self.env.user.has_group(AGENT)

    def _approved_by(self):
        """Who has approved it as it is now, in person or by a deputy."""
        entries = self.approval_ids.filtered(
            lambda entry: entry.round == self.round and entry.decision == "approved"
        )
        return entries.user_id | entries.on_behalf_of_id

    def _decider(self, bands, barred):
        """As whom the present user may decide: himself, somebody absent, or nobody.

        :param barred: people who must not decide on it
        :return: ``(user, faults)``: the person whose decision it is, and why there is none
        """
        user, band = self.env.user, bands._fitting(self)
        nobody = self.env["res.users"]
        if not band:
            return nobody, [self._no_band()]
        if user in barred:
            return nobody, [self._barred_fault()]
        if user in self.sudo()._approved_by():
            return nobody, [self.env._("you have approved it already; now it is for others")]
        if self.env.su or band._names(user):
            return user, []
        absent = self.env["water.compensation.delegation"]._absent(user, self.company_id, barred)
        for person in absent - barred - self.sudo()._approved_by():
            if band._names(person):
                return person, []
        return nobody, [self._others_fault(band)]

    def _others_fault(self, band):
        """Who decides, and why it is not whoever decides on such an amount alone."""
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

    def _decision_faults(self, bands, barred):
        """Why the present user may not decide on it, in words; empty when he may."""
        if self.state != "proposed":
            label = dict(self._fields["state"]._description_selection(self.env))[self.state]
            return [self.env._("it is “%(state)s” by now", state=label)]
        if self.currency_id.is_zero(self.amount):
            return [self.env._("there is no amount to decide on")]
        if self.is_held:
            return [self._hold_fault()]
        return self._decider(bands, barred)[1]

    def _withdrawal_faults(self, bands):
        """Whoever proposed it, a supervisor, or whoever decides takes it back before payment."""
        if self.payment_state == "paid":
            return [self.env._("it has been paid: finance reverses the entry first")]
        mine = self.env.user in (self.sudo().proposed_by_id | self.sudo().create_uid)
        early = mine and self.state != "approved"
        above = self.env.su or self.env.user.has_group(SUPERVISOR)
        if early or above or bands._fitting(self)._names(self.env.user):
            return []
        return [self.env._("the proposer, a supervisor or whoever decides withdraws it")]

    # -- proposing ------------------------------------------------------------------------------

    def action_propose(self):
        """Hand it over to those who decide.

        :raises UserError: what is missing, or when no band fits
        """
        self.check_access("write")
        self._lock()
        bands = self._bands()
        for row in self:
            faults = row._proposal_faults(bands)
            if faults:
                raise UserError(row._refused_text(faults))
        now, user = fields.Datetime.now(), self.env.uid
        trusted(self.sudo()).write(
            {"state": "proposed", "proposed_by_id": user, "proposed_at": now}
        )
        self._after_proposed()
        return True

    def _proposal_faults(self, bands):
        if self.state != "draft":
            return [self.env._("it has been proposed already")]
        if not self._is_proposer():
            return [self.env._("the service desk proposes compensations")]
        faults = []
        row = self.sudo()
        if row.currency_id.is_zero(row.amount):
            faults.append(self.env._("enter the amount"))
        if not said(row.reason):
            faults.append(self.env._("write down the reason, in words that the customer may read"))
        if not row.partner_id:
            faults.append(self.env._("choose who is paid"))
        if not bands._fitting(row):
            faults.append(self._no_band())
        return faults

    def _refused_text(self, faults):
        """One message about one compensation."""
        lines = "\n".join(f"· {fault}" for fault in faults)
        return self.env._("%(number)s cannot go on:\n%(lines)s", number=self.name, lines=lines)

    def _after_proposed(self):
        """It is kept in the case; what a band leaves to the rule is approved at once."""
        super()._after_proposed()
        self._log_case("proposed")
        self._settle_by_rule()

    def _lock(self):
        """Nobody else decides on them at the same moment.

        :raises UserError: when somebody does
        """
        try:
            self.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("Somebody else works on it at this moment: look again in a moment.")
            ) from error
        meet(self)  # who has approved stands in other rows
        self.invalidate_recordset(["state", "payment_state", "round"])

    # -- deciding -------------------------------------------------------------------------------

    def action_approve(self):
        """Approve; several at once, each one checked by itself.

        :raises UserError: why none of them can be approved by the present user
        :return: what could not be approved, as a notice, or True
        """
        self.check_access("write")
        self._lock()
        bands, barred = self._bands(), self._barred_each()
        behalf, faults = {}, {}
        for row in self:
            faults[row] = row._decision_faults(bands, barred[row.id])
            person = row._decider(bands, barred[row.id])[0]
            if person != self.env.user:
                behalf[row.id] = person
        good = self.filtered(lambda row: not faults[row])
        texts = [row._refused_text(faults[row]) for row in self - good]
        if not good:
            raise UserError("\n\n".join(texts[:5]))
        self.env["water.compensation.approval"]._keep(good, "approved", behalf)
        good.invalidate_recordset(["approval_ids"])
        done = good.sudo().filtered(
            lambda row: row._count_approvals() >= bands._fitting(row)._needed(row)
        )
        done._approve()
        return self._notice(len(good), texts) if texts else True

    def _count_approvals(self):
        return len(
            self.approval_ids.filtered(
                lambda entry: entry.round == self.round and entry.decision == "approved"
            )
        )

    def _notice(self, count, texts):
        """What came of a list of which some could not be approved."""
        title = self.env._("%(count)s approved, %(rest)s not", count=count, rest=len(texts))
        return windows.message("\n".join(texts[:5]), "warning", title, windows.RELOAD)

    def _approve(self):
        """Enough people have agreed: the decision stands, and finance gets its entry."""
        if not self:
            return
        for company, rows in self.sudo().grouped("company_id").items():
            decided = {"approved_on": company._water_today(), "move_queued": True}
            trusted(rows).write({"state": "approved", **decided})
        self._log_case("approved")
        self._after_approved()
        for company, rows in self.sudo().grouped("company_id").items():
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
        """Do not approve; the proposer hears why.

        :raises UserError: without a reason, or by anybody who may not decide
        """
        self._check_reason(reason)
        self._lock()
        bands, barred = self._bands(), self._barred_each()
        for row in self:
            faults = row._decision_faults(bands, barred[row.id]) or row._dropping_faults()
            if faults:
                raise UserError(row._refused_text(faults))
        self.env["water.compensation.approval"]._keep(self, "refused", reason=reason)
        trusted(self.sudo()).write({"state": "refused", "refuse_reason": reason})
        self._log_case("refused")
        self._after_dropped()
        self._tell_proposers(reason)

    def _withdraw(self, reason):
        """Take it back; a draft entry is cancelled, a posted one is reversed by finance.

        :raises UserError: without a reason, after payment, or by anybody without the right
        """
        self._check_reason(reason)
        self._lock()
        bands = self._bands()
        for row in self:
            faults = row._withdrawal_faults(bands) or row._dropping_faults()
            if (row.state, "withdrawn") not in self._steps:
                faults = [self.env._("it is over already")]
            if faults:
                raise UserError(row._refused_text(faults))
        self.env["water.compensation.approval"]._keep(self, "withdrawn", reason=reason)
        self._drop_entries()
        trusted(self.sudo()).write(
            {"state": "withdrawn", "refuse_reason": reason, "move_queued": False}
        )
        self._log_case("withdrawn")
        self._after_dropped()

    def _dropping_faults(self):
        """Hook: why it cannot end without being paid, whoever ends it, in words."""
        return []

    def _check_reason(self, reason):
        self.check_access("write")
        if not said(reason):
            raise UserError(self.env._("Give the reason."))

    def _after_dropped(self):
        """What is not paid is not paid late: its penalties go with it."""
        penalties = self.sudo().penalty_ids.filtered(lambda row: row.payment_state != "paid")
        live = penalties.filtered(lambda row: row.state in ("draft", "proposed", "approved"))
        if live:
            live._withdraw(self.env._("What it was for is not paid."))
            trusted(live).is_replaced = True  # owed again, it comes again

    def _tell_proposers(self, reason):
        for user, rows in self.sudo().grouped("proposed_by_id").items():
            self.env["water.staff.message"]._tell(
                user, lambda env, rows=rows: rows._compose_refusal(env, reason)
            )

    def _compose_refusal(self, env, reason):
        numbers = ", ".join(self.mapped("name"))
        return env._("Not approved: %s", numbers), reason

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
            for row in self.sudo().filtered(link):
                payloads.setdefault(row[link].id, []).append(
                    {"number": row.name, "step": step, "amount": row.amount}
                )
            # one event per case and step, whatever the number of compensations
            cases = self.env[model].sudo().browse(payloads)
            if cases:
                cases._log_events(
                    "compensation", {case.id: {"rows": payloads[case.id]} for case in cases}
                )
