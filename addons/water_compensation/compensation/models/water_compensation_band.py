from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.water_service_desk.base.roles import MANAGER, SUPERVISOR

from .water_compensation import KINDS

#: role that decides → its group
ROLES = {
    "supervisor": SUPERVISOR,
    "manager": MANAGER,
    "finance": "account.group_account_invoice",
    "finance_manager": "account.group_account_manager",
}


class WaterCompensationBand(models.Model):
    """Approver of compensations up to an amount (S3.2.3a 依据相关政策); one band matches
    each.

    A band of the company precedes one of all companies, a band of the kind one of all kinds; then
    the order of the list decides.
    """

    _name = "water.compensation.band"
    _inherit = ["water.watched.setting.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Approval Band"
    _order = "sequence, amount_from, id"
    _watched = (
        *("active", "sequence", "company_id", "kind", "amount_from", "amount_to"),
        *("role", "user_ids", "approvers"),
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    kind = fields.Selection(KINDS, help="Empty: for all kinds.")
    amount_from = fields.Float(string="Above", help="The band begins above this amount.")
    amount_to = fields.Float(
        string="Up to (0: No Limit)", help="This amount included; 0: without a limit."
    )
    role = fields.Selection(
        [
            ("supervisor", "Supervisors"),
            ("manager", "Managers"),
            ("finance", "Finance"),
            ("finance_manager", "Heads of finance"),
        ],
        string="Decided by",
        default="supervisor",
        help="People with this role, in addition to those named.",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Named People",
        domain="[('share', '=', False)]",
        help="They can approve regardless of their role, but need access to compensations.",
    )
    approvers = fields.Integer(
        string="How Many",
        default=1,
        help="How many different people have to approve. 0: what a rule or a late payment gives"
        " counts as approved at once; what people propose always needs one.",
    )

    _band_sane = models.Constraint(
        "CHECK (amount_from >= 0 AND approvers >= 0"
        " AND (amount_to = 0 OR amount_to > amount_from))",
        "A band ends above its beginning, and asks for no negative number of people.",
    )

    @api.constrains("role", "user_ids")
    def _check_people(self):
        for band in self:
            if not (band.role or band.user_ids):
                raise ValidationError(self.env._("Say who decides: a role, or people by name."))

    @api.model
    def _all_of(self, companies):
        # sudo: water.compensation.band - proposers may not see who decides
        return self.sudo().search([("company_id", "in", [*companies.ids, False])])

    @api.model
    def _never_deleted_message(self):
        return self.env._("A band is never deleted, since it may have decided; archive it instead.")

    # -- which one fits -----------------------------------------------------------------------

    def _fitting(self, row):
        """Return the band that matches a compensation now, or an empty recordset.

        The total that the payee gets within the days of the settings counts; above all bands, the
        highest one applies.
        """
        bands = self._of_kind(row)
        fits = bands._fits(row, row.joint_amount)
        if not fits and bands._fits(row, row.amount):
            highest = max(bands.mapped("amount_to"))
            fits = bands.filtered(lambda band: band.amount_to == highest)
        keys = {band: (not band.company_id, not band.kind, band.sequence) for band in fits}
        return fits.sorted(lambda band: (*keys[band], band.amount_from, band.id))[:1]

    def _of_kind(self, row):
        return self.filtered(
            lambda band: (
                band.company_id in (row.company_id, self.env["res.company"])
                and band.kind in (row.kind, False)
            )
        )

    def _fits(self, row, amount):
        compare = row.currency_id.compare_amounts
        return self.filtered(
            lambda band: (
                compare(amount, band.amount_from) > 0
                and (not band.amount_to or compare(amount, band.amount_to) <= 0)
            )
        )

    def _names(self, user):
        if not self:
            return False
        group = ROLES.get(self.role)
        return user in self.user_ids or bool(group and user.has_group(group))

    def _needed(self, row):
        by_itself = row.kind in ("entitlement", "penalty") and not row.proposed_by_id
        least = 2 if row.second_note else 0 if by_itself else 1
        return max(self.approvers, least)

    def _label(self):
        roles = dict(self._fields["role"]._description_selection(self.env))
        names = [roles[self.role]] if self.role else []
        return ", ".join([*names, *self.user_ids.mapped("name")])
