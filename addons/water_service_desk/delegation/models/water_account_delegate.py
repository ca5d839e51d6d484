import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import hash_sign

from ...base.roles import AGENT, CONTACT_GROUPS
from ...base.trust import trusted
from ...privacy.masking import mask_email, mask_name, mask_phone
from ..delegation import OPEN_STATES, RIGHTS, SCOPE

#: So long an invitation can be accepted, in days.
INVITED_DAYS = 7


class WaterAccountDelegate(models.Model):
    """Somebody whom the holder of an account has named to act for it (S3.2.1a, S2.2.4).

    A member of the household, of the company's staff, or a property manager. He is invited by
    the holder on his pages and accepts from a login of his own by a link that works once and
    expires; an address alone gives no right. What he may do is asked anew at each step:
    revoked, run out, or with the account in other hands, nothing is left.
    """

    _name = "water.account.delegate"
    _inherit = ["water.kept.mixin", "water.never.deleted.mixin", "water.addressee.mixin"]
    _description = "Delegate of an Account"
    _package = (
        *("account_id", "holder_id", "partner_id", "relation", "date_from", "date_until"),
        *("state", "accepted_at", "ended_at"),
    )
    _package_whose = "holder_id"
    _order = "id desc"
    _rec_name = "name_masked"
    _rec_names_search = ("account_id.code",)
    _allow_sudo_commands = False
    _check_company_auto = True

    account_id = fields.Many2one(
        "water.account", required=True, readonly=True, index=True, ondelete="restrict"
    )
    holder_id = fields.Many2one(
        "res.partner",
        string="Named by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups=CONTACT_GROUPS,
        help="Holder of the account at the time; with another holder the delegation ends.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Delegate",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=CONTACT_GROUPS,
        help="Who has accepted the invitation, with a login of their own.",
    )
    name = fields.Char(
        string="Delegate's Name", required=True, readonly=True, groups=CONTACT_GROUPS
    )
    email = fields.Char(readonly=True, groups=CONTACT_GROUPS)
    phone = fields.Char(readonly=True, groups=CONTACT_GROUPS)
    name_masked = fields.Char(
        string="Name (Masked)", compute="_compute_name_masked", compute_sudo=True
    )
    relation = fields.Selection(
        [
            ("household", "Member of the household"),
            ("staff", "Member of the company's staff"),
            ("property", "Property manager"),
            ("other", "Somebody else"),
        ],
        required=True,
        readonly=True,
        default="household",
    )
    sees_cases = fields.Boolean(readonly=True)
    files_cases = fields.Boolean(readonly=True)
    keeps_visits = fields.Boolean(readonly=True)
    sees_money = fields.Boolean(readonly=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_until = fields.Date(
        string="Valid Until", readonly=True, help="Last day; empty: until revoked."
    )
    state = fields.Selection(
        [
            ("invited", "Invited"),
            ("active", "Active Delegation"),
            ("declined", "Invitation Declined"),
            ("revoked", "Revoked"),
            ("resigned", "Given up by the delegate"),
            ("ended", "Ended with the account"),
        ],
        required=True,
        readonly=True,
        default="invited",
        index=True,
    )
    is_over = fields.Boolean(
        string="Run Out",
        compute="_compute_is_over",
        help="The last day, or that of the invitation, has passed.",
    )
    nonce = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    expires_at = fields.Datetime(string="Invitation Expires", readonly=True)
    accepted_at = fields.Datetime(string="Delegation Accepted At", readonly=True)
    ended_at = fields.Datetime(string="Delegation Ended At", readonly=True)
    event_ids = fields.One2many("water.account.event", "delegate_id", string="Events")
    can_revoke = fields.Boolean(compute="_compute_can_revoke", export_string_translation=False)
    company_id = fields.Many2one(
        "res.company", related="account_id.company_id", store=True, index=True
    )

    _active_uniq = models.UniqueIndex(
        "(account_id, partner_id) WHERE state = 'active'",
        "This delegate acts for the account already.",
    )
    _dates_sane = models.Constraint(
        "CHECK (date_until IS NULL OR date_until >= date_from)",
        "A delegation ends after it begins.",
    )

    @api.constrains("partner_id")
    def _check_delegate_is_known(self):
        self.partner_id._check_known()

    @api.model
    def _kept_message(self):
        return self.env._("The holder names delegates on their pages; staff may revoke them.")

    @api.model
    def _export_masks(self):
        return super()._export_masks() | {
            "name": mask_name,
            "email": mask_email,
            "phone": mask_phone,
        }

    @api.depends("name")
    def _compute_name_masked(self):
        for row in self:
            row.name_masked = mask_name(row.name)

    @api.depends("state", "date_until", "expires_at")
    def _compute_is_over(self):
        now = fields.Datetime.now()
        for row in self:
            ran_out = row.state == "active" and row.date_until and row.date_until < row._today()
            lapsed = row.state == "invited" and row.expires_at and row.expires_at < now
            row.is_over = bool(ran_out or lapsed)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_revoke(self):
        is_desk = self._is_desk()
        for row in self:
            row.can_revoke = is_desk and row.state in OPEN_STATES

    @api.model
    def _is_desk(self):
        return self.env.su or self.env.user.has_group(AGENT)

    # -- in force ---------------------------------------------------------------------------

    def _today(self):
        """The day of the account's company, by which delegations begin and end."""
        return self.company_id._water_today()

    @api.model
    def _in_force(self, partner, account=None):
        """The delegations by which ``partner`` may act now, with superuser rights.

        :param partner: res.partner of a signed-in user, or whom a door has made sure of
        :param account: water.account, or all
        """
        # sudo: water.account.delegate - narrowed to those of the person himself
        rows = self.sudo()
        if not partner:
            return rows.browse()
        domain = [("partner_id", "=", partner.id), ("state", "=", "active")]
        domain += [("account_id", "=", account.id)] if account else []
        return rows.search(domain).filtered(lambda row: row._is_in_force())

    def _is_in_force(self):
        """Whether it is accepted, within its days, and of the holder of an open account.

        Nobody acts by it who works for the company by now: staff act for nobody's account.
        """
        account, today = self.account_id, self._today()
        return (
            self.state == "active"
            and self.partner_id.partner_share
            and self.date_from <= today
            and (not self.date_until or today <= self.date_until)
            and account.active
            and account.partner_id == self.holder_id
            and self.holder_id.active
        )

    # -- the invitation ---------------------------------------------------------------------

    def _fresh_invitation(self):
        """Values of an invitation that has just been sent; an older link is void."""
        until = fields.Datetime.now() + timedelta(days=INVITED_DAYS)
        return {"nonce": secrets.token_urlsafe(16), "expires_at": until}

    def _token(self):
        """A signed word for this invitation alone; void once it was used, renewed or revoked."""
        claims = [self.id, self.nonce]
        return hash_sign(self.env(su=True), SCOPE, claims, expiration_hours=24 * INVITED_DAYS)

    def _move(self, state, kind, **values):
        """Change the state, and keep on the account that it was so.

        :param state: of these delegations from now on
        :param kind: kind of the event that the holder is told of
        """
        # sudo: water.account.delegate - called after the check of who asks
        trusted(self.sudo()).write({"state": state, "nonce": False, **values})
        self.sudo().partner_id._forget_own_matters()
        return self.env["water.account.event"]._log(self, kind)

    def _end(self, state, kind):
        """Nobody acts by it any more; the delegate and the holder are told.

        :param state: ``revoked``, ``resigned`` or ``ended``
        :param kind: kind of the event
        """
        open_rows = self.sudo().filtered(lambda row: row.state in OPEN_STATES)
        if open_rows:
            open_rows._move(state, kind, ended_at=fields.Datetime.now())
            open_rows.filtered(lambda row: state != "resigned" and row.partner_id)._tell_delegate()

    def action_revoke(self):
        """Staff take a delegation back, for instance because the holder has asked on the phone.

        :raises AccessError: by anybody but the desk
        :raises UserError: when it has ended already
        """
        self.check_access("read")
        if not self._is_desk():
            raise AccessError(self.env._("Only service agents revoke delegations."))
        if any(row.state not in OPEN_STATES for row in self):
            raise UserError(self.env._("This delegation has ended already."))
        self._end("revoked", "revoked_by_staff")
        return True

    def _event_values(self, case=None, action=False):
        """What an event keeps of this delegation: no name, so that erasing leaves it whole."""
        number = case.name if case is not None else False
        rights = [name for name in RIGHTS if self[name]]
        payload = {"delegate": self.id, "holder": self.holder_id.id, "partner": self.partner_id.id}
        payload |= {
            "rights": rights,
            "from": str(self.date_from),
            "until": str(self.date_until or ""),
        }
        payload |= {"case": number or "", "action": action or ""}
        return {
            "delegate_id": self.id,
            "case_name": number,
            "action": action,
            "payload": payload,
        }

    def _log_act(self, case, action):
        """Keep in the chain of the case and on the account what a delegate has done.

        :param case: the case; nothing is kept for its own customer (an empty delegation)
        :param action: a key of ``_portal_actions``, or ``filed``
        """
        if self:
            payload = {"delegation": self.id, "action": action, "note": action}
            case._log_events("delegate_acted", payload)
            self.env["water.account.event"]._log(self, "acted", case=case, action=action)
