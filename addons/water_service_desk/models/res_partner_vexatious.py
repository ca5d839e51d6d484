from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..tools.trust import is_trusted
from .water_guard_mixin import SUPERVISOR
from .water_privacy_mixin import CONTACT_GROUPS

#: What a supervisor alone decides.
MARK = frozenset({"water_vexatious", "water_vexatious_reason", "water_vexatious_review_on"})


class ResPartner(models.Model):
    """A caller who misuses the hotline: marked by a supervisor, and only for a time.

    The mark warns whoever picks up; his cases are registered and handled like all others.
    """

    _inherit = "res.partner"

    water_vexatious = fields.Boolean(
        string="Vexatious Caller", copy=False, groups=CONTACT_GROUPS, index="btree_not_null"
    )
    water_vexatious_reason = fields.Char(string="Why Marked", copy=False, groups=CONTACT_GROUPS)
    water_vexatious_review_on = fields.Date(
        string="Mark Reviewed on",
        copy=False,
        groups=CONTACT_GROUPS,
        help="On this day a supervisor is asked whether the mark still holds.",
    )
    water_vexatious_by_id = fields.Many2one(
        "res.users", string="Marked by", readonly=True, copy=False, groups=CONTACT_GROUPS
    )

    @api.model_create_multi
    def create(self, vals_list):
        if any(MARK & {name for name, value in vals.items() if value} for vals in vals_list):
            self._check_may_mark()
        partners = super().create(vals_list)
        partners._check_mark_complete()
        return partners

    def write(self, vals):
        marked = MARK & vals.keys()
        if marked and not is_trusted(self.env):
            self._check_may_mark()
            vals = {**vals, "water_vexatious_by_id": self.env.uid}
        done = super().write(vals)
        if marked:
            self._check_mark_complete()
        return done

    @api.model
    def _check_may_mark(self):
        """A mark is no agent's affair: he might settle a quarrel with it.

        :raises AccessError: for anybody below supervisor
        """
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise AccessError(self.env._("Only a supervisor marks a caller as vexatious."))

    def _check_mark_complete(self):
        # sudo: res.partner - the fields are closed to many who may create contacts
        for partner in self.sudo().filtered("water_vexatious"):
            if not (partner.water_vexatious_reason or "").strip():
                raise ValidationError(self.env._("Say why the caller is marked as vexatious."))
            if not partner.water_vexatious_review_on:
                raise ValidationError(
                    self.env._("Name the day on which the mark is looked at again.")
                )

    def _vexatious_alert(self):
        """What whoever picks up reads; nothing for anybody else."""
        if not (self and self.water_vexatious):
            return ""
        return self.env._(
            "Marked as vexatious: %(reason)s. Register the matter all the same. Review on %(day)s.",
            reason=self.water_vexatious_reason,
            day=fields.Date.to_string(self.water_vexatious_review_on),
        )

    @api.model
    def _cron_review_vexatious(self):
        """Scheduled action: ask for the review of marks whose day has come, once each."""
        kind = self.env.ref("water_service_desk.mail_activity_type_vexatious")
        today = fields.Date.context_today(self)
        due = self.search(
            [("water_vexatious", "=", True), ("water_vexatious_review_on", "<=", today)]
        )
        for partner in due:
            asked = partner.activity_ids.filtered(lambda todo: todo.activity_type_id == kind)
            supervisor = partner.water_vexatious_by_id.filtered("active")
            company = partner.company_id or self.env.company
            user = supervisor or company._water_message_user()
            if not asked and user:
                partner.activity_schedule(
                    activity_type_id=kind.id,
                    user_id=user.id,
                    summary=self.env._("Does the mark “vexatious” still hold?"),
                )
