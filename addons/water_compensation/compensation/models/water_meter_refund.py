import json
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.files import Files
from odoo.addons.water_service_desk.base.trust import trusted

from ...compensation_scheme.compensation import calculate, plain

#: Largest error of a cold-water meter in use, in per cent: twice that of a new one (JJG 162).
TOLERANCE = 4


class WaterMeterRefund(models.Model):
    """What a meter has counted too much by its test (检定), and is given back (计量退费).

    Beyond the tolerance the water is refunded, the company bears the fee of the test, and the
    meter is replaced; within it the bill stands and the fee is the customer's. What comes of it
    is a compensation with its calculation, decided like any other.
    """

    _name = "water.meter.refund"
    _inherit = ["water.bill.application.mixin", "water.mixin"]
    _description = "Refund of Metered Water"
    _dossier_order = 63
    _dossier = True
    _needed = (
        *("certificate_number", "tested_by", "tested_on", "period_from", "period_to"),
        *("billed_volume", "water_price"),
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
    billed_volume = fields.Float(string="Billed (m³)", digits=(12, 3))
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
        "CHECK (LEAST(billed_volume, water_price, waste_price, test_fee, tolerance) >= 0"
        " AND error_percent > -100)",
        "Volumes, prices and fees are never negative, and no meter counts backwards.",
    )
    _period_sane = models.Constraint(
        "CHECK (period_to > period_from)", "The billed period ends after it begins."
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
        """What the calculation needs; nothing is billed too much where the meter is right."""
        over = with_water and self.outcome == "over"
        given = self._given_as_leaked() if over else 0
        fee = with_fee and self._is_fee_given_back()
        digits = self.company_id.currency_id.decimal_places
        return {
            "rule": {"method": "meter", "digits": digits},
            "rate": 1,
            "meter": {
                "billed": plain(self.billed_volume),
                "error": plain(self.error_percent if over else 0),
                "water_price": plain(self.water_price),
                "waste_price": plain(self.waste_price),
                "fee": plain(self.test_fee if fee else 0),
                "given": plain(given),
            },
        }

    def _given_as_leaked(self):
        """What allowances for leaks gave back of the water that the meter has counted too much.

        They were worked out of what it counted, not of what had run through it.
        """
        if not (self.account_id and self.period_from and self.period_to):
            return 0
        given = Decimal(0)
        for row in self._credited():
            credited = row.compensation_id if row._name == "water.leak.allowance" else None
            if credited and credited.state == "approved":
                inputs = json.loads(credited._last_version().inputs)
                if "error" not in inputs["leak"]:
                    inputs["leak"]["error"] = plain(self.error_percent)
                    true = calculate(inputs).amount
                    given += max(Decimal(plain(credited.amount)) - true, 0)
        return given

    def _is_fee_given_back(self):
        return bool(self.test_fee and self.is_fee_paid and self.fee_borne_by == "company")

    # -- steps --------------------------------------------------------------------------------

    def action_submit(self):
        """The certificate is there: what it means is worked out, proposed and ordered.

        :raises UserError: what is missing, all at once, or a period that was refunded before
        """
        self._check_turn()
        for row in self:
            row._check_complete()
            row._check_once()
            if row._gives_water():
                row._check_given_back()
            values = {"state": "submitted"}
            if row.total_amount:
                values["compensation_id"] = row._propose_refund().id
            if row.replaces_meter:
                values["replacement_id"] = row._order_replacement().id
            trusted(row).write(values)
        return True

    def _check_complete(self):
        super()._check_complete()
        if self.tested_on > self.company_id._water_today():
            raise UserError(self.env._("What has happened cannot lie in the future."))

    def _check_once(self):
        """No water is refunded twice."""
        # sudo: water.meter.refund - an earlier one may be of a complaint that he does not see
        over = Domain("outcome", "=", "over")
        earlier = self.sudo().search(over & self._overlap_domain(), limit=1)
        if earlier:
            raise UserError(
                self.env._(
                    "Water of %(first)s to %(last)s has been refunded already.",
                    first=earlier.period_from,
                    last=earlier.period_to,
                )
            )

    def _gives_water(self):
        return self.outcome == "over"

    def _propose_refund(self):
        """What somebody decides on: to each what he has paid, with its calculation."""
        found = [self._refund_values(*share) for share in self._shares() if share[2].amount]
        # sudo: water.compensation - proposed by this checked service
        return self.env["water.compensation"].sudo()._propose(found)[:1]

    def _shares(self):
        """``[(origin key, payee, outcome)]``: the water is of whose bill it was, the fee of who
        had the meter tested.
        """
        bill, test, key = self._payee(), self._tester(), f"meter:{self.id}"
        if not self._is_fee_given_back() or test == bill:
            return [(key, bill, calculate(self._inputs()))]
        water, fee = self._inputs(with_fee=False), self._inputs(with_water=False)
        return [(key, bill, calculate(water)), (f"{key}:fee", test, calculate(fee))]

    def _work_out_again(self, reason):
        super()._work_out_again(reason)
        for key, __, outcome in self._shares():
            row = self.sudo().compensation_id.filtered(lambda row, key=key: row.origin_key == key)
            row._reprice(float(outcome.amount), row._trace(self.company_id, outcome))
        fresh = self._propose_refund()  # of which there was nothing until now
        if not self.sudo().compensation_id:
            trusted(self).compensation_id = fresh

    def _payee(self):
        return super()._payee() or self.sudo().complaint_id.partner_id

    def _tester(self):
        """Whoever asked for the test, and has paid for it."""
        tested = self.company_id.sudo()._water_end_of_day(self.tested_on)
        asked = self.sudo().complaint_id.partner_id
        return asked or self.account_id.sudo()._holder_at(tested)

    def _refund_values(self, key, payee, outcome):
        """What is proposed to one payee, in his language."""
        told = self.with_context(lang=payee.lang or self.company_id.partner_id.lang).env
        rows = self.env["water.compensation"].sudo()
        water = self.outcome == "over" and not key.endswith(":fee")
        return {
            "origin_key": key,
            "company_id": self.company_id.id,
            "kind": "refund",
            "account_id": self.account_id.id,
            "partner_id": payee.id,
            "complaint_id": self.sudo().complaint_id.id,
            "amount": float(outcome.amount),
            "reason": told._(
                "The meter counts %(percent)s%% too much by certificate %(number)s.",
                percent=plain(self.error_percent),
                number=self.certificate_number,
            )
            if water
            else told._("The fee of the meter test is given back."),
            "trace": rows._trace(self.company_id, outcome),
            "proposed_by_id": self.env.uid,
            "failed_at": fields.Datetime.now(),
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
