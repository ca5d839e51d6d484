from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import formatLang

from odoo.addons.water_service_desk.base.roles import CASE_GROUPS
from odoo.addons.water_service_desk.base.trust import trusted

#: kinds that people decide on; the others are calculated by rules, after an appeal as before
BY_PEOPLE = ("goodwill", "claim")
DECIDABLE = ("proposed", "approved")
#: what the decision grants; hidden from departments
GRANT = frozenset({"grant_kind", "grant_amount", "grant_on_id"})


class WaterAppeal(models.Model):
    """The decision on an appeal grants money, or corrects what was granted (S3.2.5, S3.2.3a).

    The decision itself does not pay: it proposes an amount with its calculation, and a person who
    took no part in the appeal approves it by the bands.
    """

    _inherit = "water.appeal"

    grant_kind = fields.Selection(
        [("goodwill", "Goodwill"), ("claim", "Claim for loss")],
        string="Granted as",
        default="goodwill",
        groups=CASE_GROUPS,
    )
    grant_amount = fields.Monetary(
        string="Granted",
        groups=CASE_GROUPS,
        help="Amount the customer gets by this decision; 0: none, and the entitlement stays as it "
        "is.",
    )
    grant_on_id = fields.Many2one(
        "water.compensation",
        string="Instead of",
        domain="[('complaint_id', '=', appellant_case_id or complaint_id),"
        " ('kind', 'in', ('goodwill', 'claim')),"
        " ('state', 'in', ('proposed', 'approved')), ('corrects_id', '=', False)]",
        ondelete="restrict",
        groups=CASE_GROUPS,
        help="The compensation whose amount the decision corrects; empty: in addition.",
    )
    grant_ids = fields.One2many(
        "water.compensation", "appeal_id", string="Compensations", groups=CASE_GROUPS
    )

    @api.model
    def _worked_out(self):
        return super()._worked_out() | GRANT

    @api.constrains("grant_amount", "grant_on_id")
    def _check_grant_on(self):
        for appeal in self:
            row = appeal.grant_on_id
            if appeal.grant_amount < 0:
                raise ValidationError(self.env._("Choose an amount that is not negative."))
            if row and (row.complaint_id != appeal._appellant() or row.kind not in BY_PEOPLE):
                raise ValidationError(
                    self.env._(
                        "Choose goodwill or a claim of this complaint; rules work out the rest."
                    )
                )

    def _check_decision(self):
        super()._check_decision()
        if self.level != "external":
            self._check_grant()

    def _check_grant(self):
        """Refuse a grant that could not be proposed, before the decision is sent.

        :raises UserError: what is missing
        """
        appeal = self.sudo()
        if not appeal.grant_amount:
            return
        if appeal.decision not in ("upheld", "partly"):
            raise UserError(self.env._("Only an appeal that is upheld grants money."))
        if not appeal._appellant().partner_id:
            raise UserError(
                self.env._("The complaint names no customer to pay: enter them there first.")
            )
        row = appeal.grant_on_id
        if row and row.state not in DECIDABLE:
            raise UserError(
                self.env._("%s is not under way: leave “Instead of” empty.", row.display_name)
            )

    def _grant(self):
        """Propose what the decision grants, once, or correct an earlier grant."""
        appeal = self.sudo()
        if not appeal.grant_amount:
            return
        trace, row = appeal._grant_trace(), appeal.grant_on_id
        if row:
            trusted(row).write({"appeal_id": appeal.id})
            row._reprice(appeal.grant_amount, trace)
            trusted(row.correction_ids).write({"appeal_id": appeal.id})
            return
        values = appeal._grant_values() | {"trace": trace}
        appeal.env["water.compensation"]._propose([values])

    def _grant_values(self):
        """Return the values of the proposal, with its reason in the customer's language."""
        case = self._appellant()
        localized = case.with_context(lang=case._customer_lang())
        return {
            "origin_key": f"appeal:{self.id}",
            "company_id": self.company_id.id,
            "complaint_id": case.id,
            "appeal_id": self.id,
            "kind": self.grant_kind or "goodwill",
            "amount": self.grant_amount,
            "reason": localized.env._("Granted on your appeal %s", self.name),
            "proposed_by_id": self.decided_by_id.id,
            "failed_at": self.decided_at,
        }

    def _grant_trace(self):
        """How the amount was found, in the company's language; no words of the case."""
        company = self.company_id
        here = self.with_context(lang=company.partner_id.lang or self.env.lang)
        decisions = dict(here._fields["decision"]._description_selection(here.env))
        lines = [
            here.env._(
                "By the decision on appeal %(number)s of %(day)s: %(decision)s, %(person)s.",
                number=self.name,
                day=company._water_today(self.decided_at),
                decision=decisions[self.decision],
                person=self.decided_by_id.name,
            )
        ]
        lines += [here._grant_before(row) for row in here._appellant().compensation_ids]
        lines.append(here.env._("Granted: %s", here._grant_money(self.grant_amount)))
        return "\n".join(lines)

    def _grant_before(self, row):
        states = dict(row._fields["state"]._description_selection(self.env))
        return self.env._(
            "Before: %(number)s, %(amount)s, %(state)s.",
            number=row.name,
            amount=self._grant_money(row.amount),
            state=states[row.state],
        )

    def _grant_money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.company_id.currency_id)
