from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.files import Files

from ...compensation_scheme.compensation import calculate, plain

#: Largest error of a cold-water meter in use, in per cent: twice that of a new one (JJG 162).
TOLERANCE = 4


class WaterMeterRefund(models.Model):
    """The volume that a tested meter has overcounted (检定), and its refund (计量退费).

    Beyond the tolerance the water is refunded, the company pays for the test and the meter is
    replaced; within it the bill stands and the customer pays the fee. The result is a compensation
    with its calculation, decided like any other.
    """

    _name = "water.meter.refund"
    _inherit = ["water.bill.application.mixin", "water.mixin"]
    _description = "Refund of Metered Water"
    _dossier_order = 63
    _dossier = True
    _needed = (
        *("certificate_number", "tested_by", "tested_on"),
        *("period_from", "period_to", "billed_volume", "water_price"),
    )

    certificate_number = fields.Char(string="Number of the Certificate")
    tested_by = fields.Char(string="Tested by", help="The body that tests meters.")
    tested_on = fields.Date()
    error_percent = fields.Float(
        string="Error (%)",
        digits=(8, 3),
        help="By the certificate: above 0 it counts too much, below 0 too little.",
    )
    tolerance = fields.Float(
        string="Tolerance (%)",
        digits=(8, 3),
        default=TOLERANCE,
        required=True,
        help="Largest error of a meter in use (JJG 162: twice that of a new one).",
    )
    test_fee = fields.Monetary(string="Fee of the Test")
    is_fee_paid = fields.Boolean(
        string="Paid by the Customer", help="The customer has paid the fee of the test already."
    )
    proof_ids = Files(
        "ir.attachment",
        "water_meter_refund_proof_rel",
        "refund_id",
        "attachment_id",
        string="Certificate",
        copy=False,
        help="The certificate of the test.",
    )
    outcome = fields.Selection(
        [
            ("over", "Counts too much: refund"),
            ("within", "Within the tolerance: the bill stands"),
            ("under", "Counts too little: no refund"),
        ],
        compute="_compute_outcome",
        store=True,
        help="What the test means for the bill.",
    )
    true_volume = fields.Float(string="True Volume (m³)", digits=(12, 3), compute="_compute_refund")
    refund_amount = fields.Monetary(string="Refund", compute="_compute_refund")
    fee_borne_by = fields.Selection(
        [("company", "Company"), ("customer", "Customer")],
        string="Fee Borne by",
        compute="_compute_outcome",
        store=True,
        help="A meter that is wrong is tested at the cost of the company.",
    )
    replaces_meter = fields.Boolean(
        string="Meter Is Replaced", compute="_compute_outcome", store=True
    )
    total_amount = fields.Monetary(
        string="Total", compute="_compute_refund", help="Water, and the fee where it is given back."
    )
    replacement_id = fields.Many2one(
        "water.request", readonly=True, copy=False, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    _figures_sane = models.Constraint(
        "CHECK (LEAST(test_fee, tolerance) >= 0 AND error_percent > -100)",
        "Fees are never negative, and no meter counts backwards.",
    )

    @api.depends("error_percent", "tolerance")
    def _compute_outcome(self):
        for row in self:
            error, most = Decimal(plain(row.error_percent)), Decimal(plain(row.tolerance))
            row.outcome = "over" if error > most else "under" if error < -most else "within"
            row.replaces_meter = row.outcome != "within"
            row.fee_borne_by = "company" if row.replaces_meter else "customer"

    @api.depends(
        *("error_percent", "tolerance", "billed_volume", "water_price", "waste_price"),
        *("test_fee", "is_fee_paid", "company_id"),
    )
    def _compute_refund(self):
        for row in self:
            error = Decimal(plain(row.error_percent))
            row.true_volume = float(Decimal(plain(row.billed_volume)) / (1 + error / 100))
            row.refund_amount = float(calculate(row._inputs(with_fee=False)).amount)
            row.total_amount = float(calculate(row._inputs()).amount)

    def _inputs(self, with_water=True, with_fee=True):
        """Return the inputs of the calculation; an accurate meter refunds no water."""
        over = with_water and self.outcome == "over"
        fee = with_fee and self._is_fee_given_back()
        return {
            "rule": {"method": "meter", "digits": self.company_id.currency_id.decimal_places},
            "rate": 1,
            "meter": {
                "billed": plain(self.billed_volume),
                "error": plain(self.error_percent if over else 0),
                "water_price": plain(self.water_price),
                "waste_price": plain(self.waste_price),
                "fee": plain(self.test_fee if fee else 0),
            },
        }

    def _is_fee_given_back(self):
        return bool(self.test_fee and self.is_fee_paid and self.fee_borne_by == "company")

    # -- steps --------------------------------------------------------------------------------

    def _check_complete(self):
        super()._check_complete()
        if self.tested_on > self.company_id._water_today():
            raise UserError(self.env._("What has happened cannot lie in the future."))

    def _hand_in(self):
        if self.outcome == "over":
            self._check_given_back()
        found = [self._refund_values(*share) for share in self._shares() if share[2].amount]
        # sudo: water.compensation - proposed by this checked service
        rows = self.env["water.compensation"].sudo()._propose(found)
        order = self._order_replacement() if self.replaces_meter else self.replacement_id
        return {"compensation_id": rows[:1].id, "replacement_id": order.id}

    def _shares(self):
        """``[(origin key, payee, outcome)]``: the water is of whose bill it was, the fee of who
        had the meter tested.
        """
        row = self.sudo()
        company, asked = row.company_id, row.complaint_id.partner_id
        bill = self.account_id._holder_of_bill(self.period_from, self.period_to)[0] or asked
        tested = company._water_end_of_day(self.tested_on)
        test, key = asked or self.account_id._holder_at(tested), f"meter:{self.id}"
        if not self._is_fee_given_back() or test == bill:
            return [(key, bill, calculate(self._inputs()))]
        water, fee = self._inputs(with_fee=False), self._inputs(with_water=False)
        return [(key, bill, calculate(water)), (f"{key}:fee", test, calculate(fee))]

    def _refund_values(self, key, payee, outcome):
        """Return the values of the proposal to one payee, in the payee's language."""
        localized = self.with_context(lang=payee.lang or self.company_id.partner_id.lang).env
        water = self.outcome == "over" and not key.endswith(":fee")
        return {
            **self._frame(water),
            "origin_key": key,
            "kind": "refund",
            "partner_id": payee.id,
            "amount": float(outcome.amount),
            "reason": localized._(
                "The meter counts %(percent)s%% too much by certificate %(number)s.",
                percent=plain(self.error_percent),
                number=self.certificate_number,
            )
            if water
            else localized._("The fee of the meter test is given back."),
            "trace": self.env["water.compensation"]._trace(self.company_id, outcome),
            "proposed_by_id": self.env.uid,
        }

    def action_open_compensation(self):
        """Open what came of the application: one for each who has paid a part of it."""
        self.ensure_one()
        self.check_access("read")
        keys = (f"meter:{self.id}", f"meter:{self.id}:fee")
        rows = self.env["water.compensation"].search([("origin_key", "in", keys)])
        if len(rows) < 2:
            return super().action_open_compensation()
        title = self.env._("Compensations")
        return windows.rows(rows._name, title, [("id", "in", rows.ids)])

    def _order_replacement(self):
        """A repair that has the meter replaced; none where the category is gone."""
        category = self.env.ref("water_service_desk.category_mt02", False)
        requests = self.env["water.request"]
        if not category:
            return requests
        account = self.account_id.sudo()
        return requests.create(
            {
                "subject": self.env._("Replace the meter of %s", account.code),
                "description": self.env._(
                    "By certificate %(number)s the meter has an error of %(percent)s%%.",
                    number=self.certificate_number,
                    percent=plain(self.error_percent),
                ),
                "category_id": category.id,
                "channel_id": self.env.ref("water_service_desk.channel_counter").id,
                "account_id": account.id,
                "partner_id": account.partner_id.id,
                "address": account.address,
                "company_id": self.company_id.id,
            }
        )
