from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.locks import force_conflict
from odoo.addons.water_service_desk.base.roles import AGENT
from odoo.addons.water_service_desk.base.trust import trusted


class WaterBillApplicationMixin(models.AbstractModel):
    """An application about a billed period of an account, whose outcome is a compensation.

    Heirs bring ``proof_ids``, the facts that are needed and the formula (``_hand_in``).
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
    _needed = ("period_from", "period_to", "billed_volume", "water_price")

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
    billed_volume = fields.Float(string="Billed (m³)", digits=(12, 3))
    water_price = fields.Float(string="Price of Water per m³", digits=(12, 4))
    waste_price = fields.Float(string="Price of Waste Water per m³", digits=(12, 4))
    compensation_id = fields.Many2one("water.compensation", readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _period_sane = models.Constraint(
        "CHECK (period_to > period_from)", "The billed period ends after it begins."
    )
    _prices_sane = models.Constraint(
        "CHECK (LEAST(billed_volume, water_price, waste_price) >= 0)",
        "Volumes and prices are never negative.",
    )

    @api.model
    def _never_deleted_message(self):
        return self.env._("An application is kept; cancel it instead.")

    def action_submit(self):
        """Submit the application: it is calculated, and decided like any other.

        :raises UserError: everything that is missing, or that the water was given back before
        """
        self._check_turn()
        for row in self:
            row._check_complete()
            trusted(row).write({"state": "submitted", **row._hand_in()})
        return True

    def _hand_in(self):
        """Hook: propose what is given back, and return the values of the application."""
        return {}

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

    def _frame(self, gives_water=True):
        """Return the values that each compensation of the application takes over."""
        billed = {"billed_from": self.period_from, "billed_to": self.period_to}
        return {
            "company_id": self.company_id.id,
            "account_id": self.account_id.id,
            "complaint_id": self.sudo().complaint_id.id,
            "failed_at": fields.Datetime.now(),
            "maker_ids": [Command.set(self._makers().ids)],
            **(billed if gives_water else {}),
        }

    def _makers(self):
        """Return the authors of the application; others decide on it."""
        return self.create_uid | self.maker_ids

    def _check_turn(self):
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("Applications are taken by the service desk."))
        if any(row.state != "draft" for row in self):
            raise UserError(self.env._("This application has been handed in already."))

    def _check_complete(self):
        """:raises UserError: everything that is missing; two holders have two bills"""
        names = [name for name in self._needed if not self[name]]
        # sudo: ir.attachment - whether there is a file, not the file
        names += [] if self.sudo().proof_ids else ["proof_ids"]
        if names:
            labels = [self._fields[name]._description_string(self.env) for name in names]
            raise UserError(self.env._("Fill in first: %(facts)s", facts=labels))
        day = self.account_id._holder_of_bill(self.period_from, self.period_to)[1]
        if day:
            raise UserError(
                self.env._(
                    "The holder changed on %(day)s, within what was billed: submit one application "
                    "per holder, each with the water billed to them.",
                    day=day,
                )
            )

    def _check_given_back(self):
        """Give the water of a period back once, as leaked or as counted too much (domain 4.3).

        Two bills share the day on which the meter is read.
        """
        force_conflict(self.account_id)  # concurrent applications see each other
        # sudo: water.compensation - an earlier one may belong to a complaint the user cannot see
        earlier = self.env["water.compensation"].sudo()
        earlier = earlier.search(
            [
                ("account_id", "=", self.account_id.id),
                ("billed_from", "<", self.period_to),
                ("billed_to", ">", self.period_from),
                ("state", "not in", ("refused", "withdrawn")),
            ],
            limit=1,
        )
        if earlier:
            raise UserError(
                self.env._(
                    "Water of %(first)s to %(last)s has been refunded already.",
                    first=earlier.billed_from,
                    last=earlier.billed_to,
                )
            )
