from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said


class WaterCompensation(models.Model):
    """What the customer reads of his compensation, and what a decider has to know of him."""

    _inherit = "water.compensation"

    repeat_count = fields.Integer(
        string="In 12 Months",
        compute="_compute_repeat",
        compute_sudo=True,
        help="Other compensations of the same account, or person, in the 12 months before.",
    )
    repeat_amount = fields.Monetary(
        string="Amount in 12 Months", compute="_compute_repeat", compute_sudo=True
    )
    budget_note = fields.Text(string="Budget", compute="_compute_budget_note", compute_sudo=True)
    told_at = fields.Datetime(string="Customer Told at", readonly=True, copy=False)
    trace_line = fields.Char(string="Calculation in One Line", compute="_compute_trace_line")

    # -- what a decider has to know -------------------------------------------------------------

    @api.depends("account_id", "partner_id", "proposed_at")
    def _compute_repeat(self):
        by_account = self._repeats("account_id", self.account_id.ids)
        alone = self.filtered(lambda row: not row.account_id)
        payees = alone.partner_id._water_same_payee()
        by_contact = self._repeats("partner_id", payees.ids)
        by_payee = {
            payee: [entry for contact in same for entry in by_contact.get(contact.id, ())]
            for payee, same in payees.grouped("commercial_partner_id").items()
        }
        for row in self:
            payee = row.partner_id.commercial_partner_id
            found = by_account.get(row.account_id.id) or by_payee.get(payee) or ()
            others = [entry for entry in found if row._repeats_of(entry)]
            row.repeat_count = len(others)
            row.repeat_amount = sum(entry["amount"] for entry in others)

    @api.model
    def _repeats(self, name, ids):
        """{id of the beneficiary: his compensations}, with one query."""
        domain = Domain(name, "in", ids) & Domain("state", "in", ("proposed", "approved"))
        fields_ = [name, "amount", "proposed_at", "company_id"]
        found = {}
        for entry in self.search_read(domain & Domain("payment_state", "!=", "reversed"), fields_):
            found.setdefault(entry[name][0], []).append(entry)
        return found

    def _repeats_of(self, entry):
        """Whether an entry of the same beneficiary lies in the 12 months before this one."""
        moment = self.proposed_at or fields.Datetime.now()
        since = moment - relativedelta(months=12)
        return (
            entry["id"] != self._origin.id
            and entry["company_id"][0] == self.company_id.id
            and since <= (entry["proposed_at"] or moment) <= moment
        )

    @api.depends("amount", "kind", "department_id", "state", "company_id")
    def _compute_budget_note(self):
        known = {
            company: self.env["water.compensation.budget"]._of(company, company._water_today())
            for company in self.company_id
        }
        for row in self:
            more = row.amount if row.state in ("draft", "proposed") else 0
            budgets = known.get(row.company_id, ())
            notes = [budget._note(more) for budget in budgets if budget._covers(row)]
            row.budget_note = "\n".join(notes)

    @api.depends("trace", "reason")
    def _compute_trace_line(self):
        for row in self:
            lines = (row.trace or row.reason or "").split("\n")
            row.trace_line = " · ".join(line.rstrip("。.") for line in lines if line)[:200]

    # -- how he is reached ------------------------------------------------------------------

    def _message_case(self):
        return self

    def _message_link(self):
        case = self._case_or_none()
        return {} if case is None else {self._case_field(case._name): case.id}

    def _own_case(self):
        """The case, where it is the payee's own; None where another has complained, or nobody."""
        case = self._case_or_none()
        return None if case is None or case.partner_id != self.partner_id else case

    def _message_route(self, gateways, has_text, medium=None, must=False):
        case = self._own_case()
        if case is not None:
            return case._message_route(gateways, has_text, medium, must)
        return super()._message_route(gateways, has_text, medium, must)

    def _message_address(self, medium):
        partner = self.partner_id
        return {
            "mail": partner.email,
            "wechat": partner.water_wechat_openid,
            "sms": partner.phone_sanitized,
        }[medium]

    def _mail_address(self):
        """Where the mail goes: the address of his case, or his own."""
        case = self._own_case()
        return self.partner_id.email if case is None else case.email_from

    def _customer_name(self):
        case = self._own_case()
        return (self.partner_id.name or "") if case is None else case._customer_name()

    def _customer_link(self):
        """The page of his case, or the list of his compensations."""
        case = self._own_case()
        return f"{self.get_base_url()}/my/compensations" if case is None else case._customer_link()

    def _customer_due(self):
        return False

    def _in_payee_lang(self):
        return self.with_context(lang=self._customer_lang())

    def _tell_customers(self):
        """Tell the payees that it stands in the books; once, however often it is posted."""
        template = self.env.ref("water_compensation.mail_template_compensation")
        fresh = self.sudo().filtered(lambda row: row.partner_id and not row.told_at)
        trusted(fresh).write({"told_at": fields.Datetime.now()})
        self.env["water.message"]._queue(template, fresh)

    # -- words ------------------------------------------------------------------------------

    def _public_domain(self):
        """What customers may know of: what is approved, and what they are entitled to."""
        rights = Domain("state", "=", "proposed") & Domain("kind", "in", ("entitlement", "penalty"))
        return Domain("state", "=", "approved") | rights

    def _public_rows(self):
        return self.sudo().filtered_domain(self._public_domain()).sorted("id")

    def _money(self):
        return formatLang(self.env, self.amount, currency_obj=self.currency_id)

    def _reason_for_customer(self):
        """Why, in the customer's words: of the rule or of whoever proposed it."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return said(self.reason) or kinds[self.kind]

    def _payment_words(self):
        """Where the payment stands, as the customer reads it."""
        day = fields.Date.to_string(self.paid_on or self.due_on) or ""
        if day and self.due_provisional and not self.paid_on:
            day = self._say_provisional(day)
        if self.payment_state == "paid":
            return self.env._("Paid on %s", day)
        if self.payment_state == "posted":
            return self.env._("Credited")
        if self.payment_state == "reversed":
            return self.env._("Taken back")
        if self.state == "proposed":
            return self.env._("Being examined")
        return self.env._("Payable by %s", day) if day else self.env._("Being paid")

    def _sentence(self):
        """Reason, amount and payment in one whole sentence."""
        return self.env._(
            "%(reason)s: %(amount)s (%(payment)s).",
            reason=self._reason_for_customer().rstrip(".。"),
            amount=self._money(),
            payment=self._payment_words(),
        )
