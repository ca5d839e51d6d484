from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.files import Files

from ...compensation_scheme.compensation import plain

#: readings this far apart prove that nothing leaks any more (domain 4.3: two weeks)
READINGS_APART = timedelta(days=14)


class WaterLeakAllowance(models.Model):
    """An application for relief after a leak (水费减免): readings, normal use, proof (domain
    4.3).

    The leak is what exceeds normal use. The rule of the company's scheme says how much of it is
    credited, waste water separately, and how often. The result is a compensation, decided like any
    other.
    """

    _name = "water.leak.allowance"
    _inherit = ["water.bill.application.mixin", "water.mixin"]
    _description = "Leak Allowance"
    _dossier_order = 62
    _dossier = True
    _needed = (
        *("repaired_on", "period_from", "period_to", "billed_volume", "water_price"),
        *("first_read_on", "second_read_on", "usage_ids"),
    )

    leak_place = fields.Char(string="Where It Leaked")
    repaired_on = fields.Date()
    repaired_by = fields.Char(help="Plumber or company.")
    is_negligent = fields.Boolean(
        string="Negligence", help="The customer knew of it and let it run: no allowance."
    )
    basis = fields.Selection(
        [("same_period", "Same period of earlier years"), ("last", "Last periods before")],
        string="Normal Use by",
        default="same_period",
        required=True,
    )
    usage_ids = fields.One2many("water.leak.usage", "allowance_id", string="Normal Use")
    normal_volume = fields.Float(
        string="Normal Use (m³)", digits=(12, 2), compute="_compute_volumes"
    )
    leaked_volume = fields.Float(string="Leaked (m³)", digits=(12, 2), compute="_compute_volumes")
    tier = fields.Selection(
        [("1", "Tier 1"), ("2", "Tier 2"), ("3", "Tier 3")],
        string="Tariff Tier",
        help="In which tier the leaked water was billed.",
    )
    first_reading = fields.Float(digits=(12, 2))
    first_read_on = fields.Date(string="First Read on", help="After the repair.")
    second_reading = fields.Float(digits=(12, 2))
    second_read_on = fields.Date(string="Second Read on", help="Two weeks later at least.")
    proof_ids = Files(
        "ir.attachment",
        "water_leak_proof_rel",
        "allowance_id",
        "attachment_id",
        string="Proof of Repair",
        copy=False,
        help="Invoice of the plumber, photos of the place before and after.",
    )
    rule_id = fields.Many2one("water.compensation.rule", readonly=True, copy=False)

    _volumes_sane = models.Constraint(
        "CHECK (LEAST(first_reading, second_reading) >= 0)", "A reading is never negative."
    )

    @api.depends("billed_volume", "usage_ids.volume")
    def _compute_volumes(self):
        for row in self:
            volumes = row.usage_ids.mapped("volume")
            row.normal_volume = sum(volumes) / len(volumes) if volumes else 0
            leaked = row.billed_volume - row.normal_volume if volumes else 0
            row.leaked_volume = max(leaked, 0)

    # -- steps --------------------------------------------------------------------------------

    def _hand_in(self):
        """Have the allowance worked out by the rule of the scheme."""
        rule = self._leak_rule()
        self._check_first_in_time(rule)
        self._check_given_back()
        frame = self._frame()
        payee = self.account_id._holder_of_bill(self.period_from, self.period_to)[0]
        values = {"origin_key": f"leak:{self.id}", "partner_id": payee.id}
        item = {
            "values": {**frame, **values, "paid_from": frame["failed_at"]},
            "rule": rule,
            "facts": {"leak": self._leak_facts()},
        }
        # sudo: water.compensation - proposed by this checked service
        compensation = self.env["water.compensation"].sudo()._work_out([item])
        if not compensation:
            raise UserError(self.env._("No use above normal: no allowance."))
        return {"rule_id": rule.id, "compensation_id": compensation.id}

    def _check_complete(self):
        super()._check_complete()
        refusals = self._refusals()
        if refusals:
            raise UserError("\n".join(refusals))

    def _refusals(self):
        """Why there is no allowance, in the reader's language."""
        found = []
        if self.is_negligent:
            found.append(self.env._("No allowance for a leak that was known and left to run."))
        if self.first_read_on < self.repaired_on:
            found.append(self.env._("The first reading is taken after the repair."))
        if self.second_read_on - self.first_read_on < READINGS_APART:
            found.append(self.env._("The second reading is taken two weeks later at least."))
        if self.second_reading < self.first_reading:
            found.append(self.env._("The second reading is below the first one: read again."))
        elif not found and not self._is_tight():
            found.append(self.env._("The meter still runs as fast as before: look for the leak."))
        return found

    def _makers(self):
        return super()._makers() | self.usage_ids.create_uid | self.usage_ids.write_uid

    def _is_tight(self):
        days = (self.period_to - self.period_from).days
        after = (self.second_read_on - self.first_read_on).days
        used = self.second_reading - self.first_reading
        return used / after < self.billed_volume / days

    def _leak_rule(self):
        account = self.account_id.sudo()
        rules = self.env["water.compensation.rule"]
        rule = rules._rule_for(self.company_id, "leak", account.customer_class, self.period_to)
        if not rule:
            raise UserError(
                self.env._("The company's scheme of compensation has no rule for leaks in use.")
            )
        return rule

    def _check_first_in_time(self, rule):
        """Allow one within the months of the rule; a previous holder's does not count."""
        if not rule.once_months:
            return
        since = fields.Date.subtract(self.period_to, months=rule.once_months)
        payee = self.account_id._holder_of_bill(self.period_from, self.period_to)[0]
        earlier = self.sudo().search(
            [
                ("account_id", "=", self.account_id.id),
                ("id", "!=", self.id),
                ("state", "=", "submitted"),
                ("period_to", ">", since),
                ("compensation_id.partner_id", "in", payee._water_same_payee().ids),
                ("compensation_id.state", "not in", ("refused", "withdrawn")),
            ],
            limit=1,
        )
        if earlier:
            raise UserError(
                self.env._(
                    "An allowance is given once in %(months)s months: %(earlier)s got one for the"
                    " period up to %(date)s.",
                    months=rule.once_months,
                    earlier=self.account_id.code,
                    date=earlier.period_to,
                )
            )

    def _leak_facts(self):
        return {
            "usual": [plain(volume) for volume in self.usage_ids.mapped("volume")],
            "billed": plain(self.billed_volume),
            "water_price": plain(self.water_price),
            "waste_price": plain(self.waste_price),
            "tier": self.tier or "",
        }
