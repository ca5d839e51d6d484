from odoo import api, fields, models
from odoo.fields import Domain

from ...base.roles import CONTACT_GROUPS
from ...base.trust import trusted
from ...intake.filing import NotAllowedError


class WaterCaseMixin(models.AbstractModel):
    """Cases that a delegate of the account's holder sees, files and acts on (S3.2.1a, S2.2.4).

    Only cases of that account and holder, within the given rights and period; checked at each step,
    so that a revocation takes effect at once.
    """

    _inherit = "water.case.mixin"

    _settable_on_create = frozenset({"delegation_id"})
    _filed_with = ("delegation_id",)

    delegation_id = fields.Many2one(
        "water.account.delegate",
        string="Filed by Delegate",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=CONTACT_GROUPS,
        help="Who has filed it for the holder of the account.",
        water_erased="empty",
    )

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        if any(event.kind == "delegate_acted" for event in self.event_ids):
            self.env["water.account.event"]._forget_case(self)

    def _carry_delegation(self, before):
        case, filed = self.sudo(), before.sudo()
        one = all(case[name] == filed[name] for name in ("partner_id", "account_id"))
        if filed.delegation_id and one:
            trusted(case).delegation_id = filed.delegation_id

    # -- which cases ------------------------------------------------------------------------

    @api.model
    def _portal_domain(self, partner):
        return super()._portal_domain(partner) | self._delegated_domain(partner, "sees_cases")

    @api.model
    def _delegated_domain(self, partner, right):
        delegations = self.env["water.account.delegate"]._in_force(partner)
        parts = [self._domain_of(row, right) for row in delegations]
        return Domain.OR(parts) if parts else Domain.FALSE

    @api.model
    def _domain_of(self, delegation, right):
        own = Domain("account_id", "=", delegation.account_id.id)
        own &= Domain("partner_id", "=", delegation.holder_id.id)
        filed = Domain("delegation_id.partner_id", "=", delegation.partner_id.id)
        if delegation[right]:
            return own & (self._not_delicate() | filed)
        return own & filed if delegation.files_cases else Domain.FALSE

    @api.model
    def _not_delicate(self):
        """Return the domain of cases visible to delegates who did not file them; heirs exclude
        more.
        """
        return Domain("is_restricted", "=", False) & Domain("is_anonymous", "=", False)

    # -- rights of delegates ----------------------------------------------------------------

    def _portal_delegation(self):
        user, none = self.env.user, self.env["water.account.delegate"].sudo()
        if user._is_public() or user.partner_id == self.partner_id or not self.account_id:
            return none
        rows = none._in_force(user.partner_id, self.account_id)
        return rows.filtered(lambda row: row.holder_id == self.partner_id)[:1]

    def _delegate_may(self, action, delegation=None):
        if self.env.user._is_public() or self.env.user.partner_id == self.partner_id:
            return True
        delegation = delegation or self._portal_delegation()
        return not delegation or delegation[self._portal_actions()[action].right]

    def _check_delegate(self, action):
        """Return the delegation of the acting user, empty for the customer.

        :raises NotAllowedError: if the holder has not allowed it
        """
        delegation = self._portal_delegation()
        if not self._delegate_may(action, delegation):
            raise NotAllowedError(
                self.env._(
                    "The holder of the account has not allowed you to do this: ask them to change"
                    " what you may do, or to do it themselves."
                )
            )
        return delegation

    def _portal_reads_for_holder(self):
        """Return whether opening the page counts as read by the customer."""
        delegation = self._portal_delegation()
        mine = not delegation or self.delegation_id.partner_id == delegation.partner_id
        return mine

    def _portal_page(self):
        """Hide the holder's own data from delegates who may only look."""
        page = super()._portal_page()
        return (
            page
            if self._portal_reads_for_holder()
            else page | {"phone": "", "call": "", "reached": ""}
        )

    def _portal_voices(self):
        """Return the res.partner whose messages count as the customer's: customer and delegates."""
        delegates = self.env["water.account.delegate"].sudo()
        acted = (
            delegates.search([("account_id", "=", self.account_id.id)])
            if self.account_id
            else delegates
        )
        return super()._portal_voices() | acted.partner_id

    def _portal_writer(self, author):
        reader = self.env.user
        if reader._is_public() or author == reader.partner_id:
            return ""
        return author.name if author in self._portal_voices() else ""

    # -- filing -----------------------------------------------------------------------------

    @api.model
    def _delegated_values(self, vals, partner):
        values = super()._delegated_values(vals, partner)
        account = self.env["water.account"].sudo().browse(vals.get("account_id"))
        if not (partner and account) or account.partner_id == partner:
            return values
        rows = self.env["water.account.delegate"]._in_force(partner, account)
        delegation = rows.filtered("files_cases")[:1]
        return values | {"partner_id": account.partner_id.id, "delegation_id": delegation.id}

    def _filed_for_holder(self):
        """Log who has filed the case, in its chain and on the account; return the case."""
        self.delegation_id._log_act(self, "filed")
        return self

    # -- who is told ------------------------------------------------------------------------

    def _additional_recipients(self):
        # sudo: water.account.delegate - recipients stay internal
        case = self.sudo()
        filer = case.delegation_id.filtered(lambda row: row._is_in_force()).partner_id
        return (super()._additional_recipients() | filer) - case.partner_id

    def _tells_customer(self, kind):
        case = self.sudo()
        alone = case.partner_id.water_tell_representative == "alone" and kind != "statutory"
        if not alone:
            return super()._tells_customer(kind)
        return not any(reader.email or reader.phone for reader in case._additional_recipients())
