from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import AGENT
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.turns import meet


class WaterBillApplicationMixin(models.AbstractModel):
    """An application about a billed period of an account, whose outcome is a compensation.

    Heirs bring ``proof_ids``, the facts that are needed and what is worked out of them.
    """

    _name = "water.bill.application.mixin"
    _inherit = [
        "water.never.deleted.mixin",
        "water.loose.file.mixin",
        "water.maker.mixin",
        "water.steps.mixin",
    ]
    _file_fields = ("proof_ids",)
    _description = "Application about a Bill"
    _order = "id desc"
    _rec_name = "account_id"
    _check_company_auto = True

    #: facts without which it is not handed in: field names
    _needed = ()

    account_id = fields.Many2one(
        "water.account", required=True, index=True, ondelete="restrict", check_company=True
    )
    complaint_id = fields.Many2one(
        "water.complaint", index="btree_not_null", ondelete="restrict", check_company=True
    )
    state = fields.Selection(
        [("draft", "Draft"), ("submitted", "Submitted"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
    )
    period_from = fields.Date(string="Billed from")
    period_to = fields.Date(string="Billed to")
    water_price = fields.Float(string="Price of Water per m³", digits=(12, 4))
    waste_price = fields.Float(string="Price of Waste Water per m³", digits=(12, 4))
    compensation_id = fields.Many2one("water.compensation", readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    @api.model
    def _never_deleted_message(self):
        return self.env._("An application is kept; cancel it instead.")

    def action_cancel(self):
        """The customer does not want it, or it was a mistake."""
        self._check_turn()
        trusted(self).write({"state": "cancelled"})
        return True

    def action_open_compensation(self):
        """Open what came of the application."""
        self.ensure_one()
        self.check_access("read")
        return windows.form(self.compensation_id)

    def _makers(self):
        """Who has written it, and had it handed in or not: others decide on what comes of it."""
        return self.create_uid | self.maker_ids

    def _payee(self):
        """Whoever held the account when the last day of what was billed began has paid that bill.

        It is read for the last time on the day on which he moves out.
        """
        company = self.company_id.sudo()
        before = fields.Date.subtract(self.period_to, days=1)
        return self.account_id.sudo()._holder_at(company._water_end_of_day(before))

    def _check_one_holder(self):
        """Two holders have two bills, whatever is entered as one.

        :raises UserError: with the day on which the holder changed
        """
        changed = self._holder_change()
        if changed:
            raise UserError(
                self.env._(
                    "The holder changed on %(day)s, within what was billed: hand in an application"
                    " for each of the two holders, with what was billed to him.",
                    day=changed,
                )
            )

    def _holder_change(self):
        """The first day within what was billed on which the account had another holder."""
        company, account = self.company_id.sudo(), self.account_id.sudo()
        first = company._water_end_of_day(self.period_from)
        last = company._water_end_of_day(fields.Date.subtract(self.period_to, days=1))
        inside = account.former_holder_ids.filtered(lambda row: first < row.until <= last)
        days = sorted({company._water_today(row.until) for row in inside})
        holders = {day: account._holder_at(company._water_end_of_day(day)) for day in days}
        return next((day for day in days if holders[day] != account._holder_at(first)), False)

    def _gives_water(self):
        """Whether what was billed is given back, all or a part of it; heirs know better."""
        return True

    def _check_given_back(self):
        """No water is given back twice, as leaked and as counted too much (domain 4.3).

        Two bills share the day on which the meter is read. The same bill of a leak is one
        application, however often it is handed in. Of a leak within what a test of the meter
        covers, the one is worked out of what the other leaves, once that is decided.

        :raises UserError: with the period for which it was given back before
        """
        for row in self._given_back():
            if row._name == self._name and row._bill_key() == self._bill_key():
                continue
            if not row.compensation_id:  # as things stand it gives nothing
                continue
            period = {"first": row.period_from, "last": row.period_to}
            if row._name == self._name or not self._is_within(row):
                raise UserError(
                    self.env._(
                        "Water of %(first)s to %(last)s has been refunded already.", **period
                    )
                )
            if row.compensation_id.state != "approved":
                raise UserError(
                    self.env._(
                        "An application for the water of %(first)s to %(last)s waits for a"
                        " decision: this one is worked out of what it leaves.",
                        **period,
                    )
                )

    def _given_back(self):
        """Applications, handed in before, by which water of the same days is given back."""
        found = []
        for model in ("water.leak.allowance", "water.meter.refund"):
            same = Domain("id", "!=", self._origin.id) if model == self._name else Domain.TRUE
            # sudo: an application - an earlier one may be of a complaint that he does not see
            earlier = self.env[model].sudo().search(same & self._overlap_domain())
            found += [row for row in earlier if row._gives_water()]
        return found

    def _credited(self):
        """Of those given back, what finance has not taken back since."""
        given = [row for row in self._given_back() if row.compensation_id]
        return [row for row in given if row.compensation_id.payment_state != "reversed"]

    def _work_out_again(self, reason):
        """Hook: what was given back of the same water is another amount.

        :param reason: why, for the record
        """

    def _worked_out_of_it(self):
        """Applications handed in later, of the other kind, that go by what this one gives back."""
        mine = self.compensation_id
        if self._name == "water.meter.refund" and not self._gives_water():
            return []
        return [
            row
            for row in self._given_back()
            if row._name != self._name
            and (row.compensation_id.id > mine.id or not row.compensation_id)
        ]

    def _bill_key(self):
        """By what the same bill is known again."""
        return self.account_id, self.period_from, self.period_to

    def _is_within(self, other):
        """Whether the leak's bill is one of those that the test of the meter covers."""
        leak, test = (self, other) if self._name == "water.leak.allowance" else (other, self)
        return test.period_from <= leak.period_from and leak.period_to <= test.period_to

    def _overlap_domain(self):
        """Applications of the account that were handed in, and of which something may come."""
        return self._goes_on_domain() & Domain(
            [
                ("account_id", "=", self.account_id.id),
                ("state", "=", "submitted"),
                ("period_from", "<", self.period_to),
                ("period_to", ">", self.period_from),
            ]
        )

    @api.model
    def _goes_on_domain(self):
        """Of which nobody has decided that nothing is given; what gives nothing now may later."""
        decided = Domain("compensation_id.state", "in", ("refused", "withdrawn"))
        return Domain("compensation_id", "=", False) | ~decided

    def _check_turn(self):
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("Applications are taken by the service desk."))
        if any(row.state != "draft" for row in self):
            raise UserError(self.env._("This application has been handed in already."))

    def _check_complete(self):
        """:raises UserError: what is missing, all at once"""
        meet(self.account_id)  # what was given before is seen, however many hand in at once
        names = [name for name in self._needed if not self[name]]
        # sudo: ir.attachment - whether there is a file, not the file
        names += [] if self.sudo().proof_ids else ["proof_ids"]
        if names:
            labels = [self._fields[name]._description_string(self.env) for name in names]
            raise UserError(self.env._("Fill in first: %(facts)s", facts=labels))
        self._check_one_holder()
