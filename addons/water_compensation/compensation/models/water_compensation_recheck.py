from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.roles import CASE_GROUPS
from odoo.addons.water_service_desk.base.trust import trusted

from .water_appeal import BY_PEOPLE
from .water_compensation import LIVE

TO_DO = "water_compensation.mail_activity_type_recheck"


class WaterCompensation(models.Model):
    """Money that people granted on a finding which an appeal has changed is looked at again.

    Neither approved nor posted nor paid until somebody who may decide on it says that it stays,
    or takes it back. What was paid already is a to-do: nothing is claimed back by itself.
    """

    _inherit = "water.compensation"

    recheck_appeal_id = fields.Many2one(
        "water.appeal",
        string="Look at Again",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=CASE_GROUPS,
        help="The finding on which it was granted has been changed by this appeal.",
    )
    needs_recheck = fields.Boolean(
        compute="_compute_hold", compute_sudo=True, export_string_translation=False
    )
    can_confirm = fields.Boolean(compute="_compute_can_confirm", export_string_translation=False)

    @api.depends("recheck_appeal_id", "payment_state")
    def _compute_hold(self):
        super()._compute_hold()
        for row in self.sudo():
            row.needs_recheck = row._waits_for_recheck()
            if row.needs_recheck:
                names = [row.hold_note, row.recheck_appeal_id.name]
                row.hold_note = ", ".join(filter(None, names))
                row.is_held = True

    @api.model
    def _search_is_held(self, operator, value):
        found = super()._search_is_held(operator, value)
        if found is NotImplemented:
            return found
        waits = Domain("recheck_appeal_id", "!=", False) & Domain("state", "in", LIVE)
        return Domain(found) | (waits & Domain("payment_state", "!=", "paid"))

    def _waits_for_recheck(self):
        live = self.state in LIVE and self.payment_state != "paid"
        return bool(self.recheck_appeal_id) and live

    def _hold_fault(self):
        row = self.sudo()
        if not row._waits_for_recheck():
            return super()._hold_fault()
        return self.env._(
            "the appeal %s has changed the finding on which it was granted: look at it again first",
            row.recheck_appeal_id.name,
        )

    @api.depends("recheck_appeal_id", "state", "payment_state")
    @api.depends_context("uid")
    def _compute_can_confirm(self):
        bands = self._bands()
        for row in self:
            row.can_confirm = bool(row.sudo().recheck_appeal_id) and row._may_confirm(bands)

    def _may_confirm(self, bands):
        """Whoever may decide on it, and had no part in the matter or the appeal."""
        appeal = self.sudo().recheck_appeal_id
        barred = self._barred() | appeal.reviewer_id | appeal.member_ids | appeal.decided_by_id
        named = self.env.su or bands._fitting(self)._names(self.env.user)
        return named and self.env.user not in barred

    # -- the appeal ----------------------------------------------------------------------------

    def _look_again(self, appeal):
        """The finding has changed: hold what people granted on it, and have it looked at.

        :param appeal: the water.appeal that was decided
        """
        own = appeal.grant_on_id
        rows = self.sudo().filtered(
            lambda row: (
                row.kind in BY_PEOPLE
                and row.state in LIVE
                and row.appeal_id != appeal
                and row not in own
                and not row.corrects_id
            )
        )
        trusted(rows).write({"recheck_appeal_id": appeal.id})
        if rows:
            rows._ask_recheck(appeal)

    def _ask_recheck(self, appeal):
        """A to-do on the complaint for each supervisor who may decide."""
        case, bands = appeal.complaint_id, self._bands()
        people = case._desk_supervisors()
        able = people.filtered(
            lambda user: any(row._seen_by(user)._may_confirm(bands) for row in self)
        )
        numbers = ", ".join(self.mapped("name"))
        for user in able or people:
            lang = case.with_context(lang=user.lang).env
            case.with_context(mail_activity_quick_update=True).activity_schedule(
                TO_DO,
                date_deadline=case.company_id._water_today(),
                summary=lang._("Look again at what was granted: %s", numbers),
                user_id=user.id,
            )

    # -- looked at -----------------------------------------------------------------------------

    def action_confirm(self):
        """Open the dialog that says why it stays although the finding has changed."""
        return self._ask("keep", self.env._("It Stays"))

    def _confirm_again(self, reason):
        """It stays though the finding has changed: approving and paying may go on.

        :param reason: why, required
        :raises UserError: without a reason, where nothing waits, or by whoever may not decide
        """
        self._check_reason(reason)
        self._lock()
        bands = self._bands()
        for row in self:
            if not row.sudo().recheck_appeal_id:
                fault = self.env._("nothing about it is to be looked at again")
                raise UserError(row._refused_text([fault]))
            if not row._may_confirm(bands):
                label = bands._fitting(row)._label()
                fault = self.env._("this is decided by: %(people)s", people=label)
                raise UserError(row._refused_text([fault]))
        self.env["water.compensation.approval"]._keep(self, "kept", reason=reason)
        self._recheck_done()
        self._settle_by_rule()

    def _recheck_done(self):
        """Nothing waits for anybody any more; the thread of an archived complaint stays closed."""
        rows = self.sudo()
        cases = rows.complaint_id
        trusted(rows).write({"recheck_appeal_id": False})
        cases.filtered(lambda case: not case.compensation_ids.recheck_appeal_id).activity_unlink(
            [TO_DO]
        )

    def _after_dropped(self):
        """Refused or taken back: it need not be looked at any more."""
        super()._after_dropped()
        waits = self.sudo().filtered("recheck_appeal_id")
        if waits:
            waits._recheck_done()
