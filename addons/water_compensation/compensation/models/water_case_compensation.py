from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import formatLang

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import AGENT, CASE_GROUPS
from odoo.addons.water_service_desk.case.transitions import Missing


class WaterCaseMixin(models.AbstractModel):
    """A case of any type may have compensations (S3.2.3a); money is no affair of departments."""

    _inherit = "water.case.mixin"

    _clock_events = {"paid": ("payment",)}

    compensation_ids = fields.One2many(
        "water.compensation", string="Compensations", groups=CASE_GROUPS
    )
    compensation_count = fields.Integer(
        string="Number of Compensations", compute="_compute_compensation", groups=CASE_GROUPS
    )
    compensation_total = fields.Char(
        string="Compensation", compute="_compute_compensation", groups=CASE_GROUPS
    )

    @api.depends("compensation_ids.state", "compensation_ids.amount")
    @api.depends_context("uid", "lang")
    def _compute_compensation(self):
        for case in self:
            rows = case.compensation_ids
            live = rows.filtered(lambda row: row.state in ("proposed", "approved"))
            case.compensation_count = len(rows)
            case.compensation_total = formatLang(
                self.env, sum(live.mapped("amount")), currency_obj=case.company_id.currency_id
            )

    def _undecided_compensations(self):
        # sudo: water.compensation - money of the case keeps it open for every handler
        case = self.sudo()
        rows = case.compensation_ids | case._merged_cases().compensation_ids
        return rows.filtered(lambda row: row.state in ("draft", "proposed"))

    def _who_waits(self):
        words = self.env._("a compensation is not decided yet")
        notes = [Missing(words, "action_open_undecided")] if self._undecided_compensations() else []
        return super()._who_waits() + notes

    def action_open_undecided(self):
        """Open the compensations that are not decided yet."""
        self.ensure_one()
        self.check_access("read")
        title, ids = self.env._("Compensations"), self._undecided_compensations().ids
        return windows.rows("water.compensation", title, [("id", "in", ids)])

    def action_open_compensations(self):
        """Open the compensations of the case."""
        self.ensure_one()
        link = self.env["water.compensation"]._case_field(self._name)
        return windows.rows(
            "water.compensation",
            self.env._("Compensations"),
            [(link, "=", self.id)],
            {f"default_{link}": self.id},
        )

    def action_compensate(self):
        """Open a new compensation of the case, to be filled in and proposed."""
        self.ensure_one()
        self.check_access("write")
        link = self.env["water.compensation"]._case_field(self._name)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Compensation"),
            "res_model": "water.compensation",
            "views": [(False, "form")],
            "context": {
                f"default_{link}": self.id,
                "default_account_id": self.account_id.id,
                "default_partner_id": self.partner_id.id,
            },
        }

    def _compensation_sentences(self):
        """Return sentences that tell the customer about the compensations.

        :return: list of texts in the language of the environment, oldest first
        """
        rows = self._of_customer(self.sudo().compensation_ids._public_rows())
        return [row._sentence() for row in rows]

    def _of_customer(self, rows):
        case = self.sudo()
        customer = case.partner_id or case._account_holder()
        localized = rows.with_context(lang=self.env.lang)
        return localized.filtered(lambda row: row.partner_id in (customer, customer.browse()))

    def _portal_page(self):
        rows = self._of_customer(self.sudo().compensation_ids._shown_rows())
        return super()._portal_page() | {"compensations": [row._portal_card() for row in rows]}

    def _first_clock_rows(self):
        """Start the clock of the compensation scheme as well, from the receipt.

        Missing this limit costs money; the scheme counts it, not the standard.
        """
        rows = super()._first_clock_rows()
        for case in self.sudo():
            rule = case._answer_rule()
            if rule.limit_amount:
                rows.append(case._guarantee_values(rule))
        return rows

    def _answer_rule(self):
        company = self.company_id
        trigger = self._answer_trigger()
        rules = self.env["water.compensation.rule"]
        if not trigger:
            return rules
        day = company._water_today(self.received_at)
        return rules._rule_for(company, trigger, self.account_id.customer_class, day)

    def _answer_trigger(self):
        """Hook: return the trigger of the scheme for an unanswered case."""
        return False

    def _clocks_of_case(self):
        return super()._clocks_of_case().filtered(lambda clock: clock.kind != "payment")

    def _clocks_met_by(self, kind):
        clocks = super()._clocks_met_by(kind)
        return clocks.filtered(lambda row: not row._is_owed_still()) if kind == "paid" else clocks

    def _owed_days(self):
        owed = self.sudo().compensation_ids.filtered(lambda row: row._is_unpaid())
        return set(owed.mapped("due_on"))

    def _payment_clocks(self, day):
        end = self.company_id._water_end_of_day(day)
        clocks = self.sudo()._open_clocks()
        return clocks.filtered(lambda row: row.kind == "payment" and row.due_at == end)

    def _guarantee_values(self, rule):
        calendar = self.company_id._water_calendar()
        promise = (self.received_at, rule.limit_amount, rule.limit_unit)
        due, provisional = calendar._water_due_at(*promise)
        return {
            **self._given_clock("guarantee", due, rule.name),
            "amount": rule.limit_amount,
            "unit": rule.limit_unit,
            "started_at": self.received_at,
            "warn_at": calendar._water_part(*promise, 80),
            "provisional": provisional,
        }

    def _first_entry(self):
        """Hook: return the record the case began as, such as an inquiry."""
        return self

    def _entered_at(self):
        """Return when the case was entered (naive UTC), from its event chain."""
        moments = [event.at for event in self.event_ids if event.kind == "created"]
        return moments[-1] if moments else self.create_date

    def _is_named_by_another(self):
        entry = self._first_entry()
        author = entry.create_uid
        by_hand = author._is_internal() and author.has_group(AGENT)
        return by_hand and author.id != SUPERUSER_ID and entry.original_responsible_id != author

    def _is_payable(self):
        return bool(self.partner_id or self.account_id.partner_id)

    def _account_holder(self):
        return self.account_id._holder_at(self.received_at)

    def _compensation_values(self, trigger, at):
        """Return the values of a compensation for a failure of ``trigger`` at ``at`` (naive
        UTC).
        """
        self.ensure_one()
        link = self.env["water.compensation"]._case_field(self._name)
        return {
            link: self.id,
            "origin_key": f"{link}:{self.id}:{trigger}",
            "company_id": self.company_id.id,
            "account_id": self.account_id.id,
            "partner_id": (self.partner_id or self._account_holder()).id,
            "customer_class": self.account_id.customer_class or "household",
            "failed_at": at,
            "paid_from": at,
        }
