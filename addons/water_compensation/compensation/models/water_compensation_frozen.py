from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows

from .water_compensation import LIVE


class WaterCompensation(models.Model):
    """Nothing is posted or paid while a change of holder, payee, bank or contact is fresh.

    It may be approved meanwhile; what is owed is owed to whoever turns out to be right.
    """

    _inherit = "water.compensation"

    freeze_note = fields.Text(
        string="Payment Waits",
        compute="_compute_freeze_note",
        compute_sudo=True,
        help="Changes of the account or the payee for which it is not posted or paid yet.",
    )

    @api.depends("account_id", "partner_id", "state", "payment_state")
    @api.depends_context("lang")
    def _compute_freeze_note(self):
        changes = self._fresh_changes()
        for row in self:
            waits = row.state in LIVE and row.payment_state != "paid"
            mine = changes.filtered(lambda change, row=row: row._is_touched_by(change))
            texts = [change._freeze_text() for change in mine]
            row.freeze_note = ("\n".join(dict.fromkeys(texts)) or False) if waits else False

    def _fresh_changes(self):
        about = Domain("account_id", "in", self.account_id.ids)
        about |= Domain("partner_id", "in", self.partner_id._water_same_payee().ids)
        return self.env["water.account.change"].search(about & Domain("is_frozen", "=", True))

    def _is_touched_by(self, change):
        account, payee = change.account_id, change.partner_id
        is_same = account and account == self.account_id
        return is_same or self.partner_id._water_is_same_payee(payee)

    def _check_pay(self):
        """Nor while the account or the payee has just been changed.

        :raises UserError: what it waits for
        """
        super()._check_pay()
        if self.freeze_note:
            raise UserError(self._refused_text(self.freeze_note.splitlines()))

    def _after_proposed(self):
        """A payee whom the account does not know is told to its holder, and confirmed."""
        super()._after_proposed()
        named = self.sudo().filtered(lambda row: row.partner_id and row._is_payee_unknown())
        rows = [
            {
                **row.account_id.partner_id._water_former(),
                "account_id": row.account_id.id,
                "company_id": row.company_id.id,
                "names": "partner_id",
                "before": row.account_id.partner_id.display_name,
                "after": row.partner_id.display_name,
                "is_staff": bool(row._staff_behind()[row.id]),
            }
            for row in named
        ]
        self.env["water.account.change"]._keep("payee", rows)

    def action_open_changes(self):
        """Open the changes for which it is not paid yet."""
        self.ensure_one()
        self.check_access("read")
        ids = self.sudo()._fresh_changes().ids
        title = self.env._("Changes to Confirm")
        return windows.rows("water.account.change", title, [("id", "in", ids)])


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _water_paid(self):
        """Whoever waits for money, too, without an account."""
        rows = self.env["water.compensation"].search(
            [
                ("partner_id", "in", self._water_same_payee().ids),
                ("state", "in", LIVE),
                ("payment_state", "!=", "paid"),
            ]
        )
        return super()._water_paid() | self & self._water_with_books(rows.partner_id)
