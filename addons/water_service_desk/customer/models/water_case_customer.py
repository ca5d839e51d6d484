from odoo import api, fields, models
from odoo.exceptions import UserError


class WaterCaseMixin(models.AbstractModel):
    """The link from a case to the page of its customer."""

    _inherit = "water.case.mixin"

    is_customer_known = fields.Boolean(
        compute="_compute_is_customer_known", export_string_translation=False
    )

    @api.depends("account_id", "partner_id", "received_at", "phone", "is_anonymous")
    @api.depends_context("uid")
    def _compute_is_customer_known(self):
        for case in self:
            case.is_customer_known = bool(case._customer())

    def _customer(self):
        """Return the account or contact of the case's page; else the case itself.

        An account that has changed hands since is another customer's; readers who may not know
        customers get the account alone. A customer known by telephone alone is found by it, unless
        anonymous.
        """
        if self._is_known_by_phone():
            return self
        account = self.account_id
        person = self.partner_id if self._reads_contact() else self.env["res.partner"]
        since = account.sudo().holder_since
        is_former = bool(person and since and self.received_at and self.received_at < since)
        return person if is_former or not account else account

    def _is_known_by_phone(self):
        if not self._reads_contact():
            return False
        named = self.partner_id or self.account_id or self.is_anonymous
        return bool(self.phone_normalized and not named)

    def action_customer(self):
        """Open all that is known of the customer.

        :raises UserError: where neither account, contact nor telephone is known
        """
        self.ensure_one()
        self.check_access("read")
        subject = self._customer()
        if not subject:
            raise UserError(
                self.env._("Neither account, contact nor telephone of this case is known.")
            )
        return self.env["water.customer"]._window(subject)
