from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...base.apart import each_apart
from ...base.roles import CONTACT_GROUPS, SUPERVISOR
from ...base.trust import is_trusted, trusted
from ...base.words import said

#: What a supervisor alone decides.
MARK = frozenset(
    {
        "water_vexatious",
        "water_vexatious_reason",
        "water_vexatious_review_on",
        "water_vexatious_by_id",
    }
)


class ResPartner(models.Model):
    """A caller who misuses the hotline: marked by a supervisor, and only for a time.

    The mark warns whoever picks up; his cases are registered and handled like all others.
    """

    _inherit = "res.partner"

    water_vexatious = fields.Boolean(
        string="Caller with Repeated Abuse",
        copy=False,
        groups=CONTACT_GROUPS,
        index="btree_not_null",
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
        marked = any(vals.get(name) for vals in vals_list for name in MARK)
        if marked and not is_trusted(self.env):
            self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        if MARK & vals.keys() and not is_trusted(self.env):
            self._refuse_by_hand()
        return super().write(vals)

    @api.model
    def _refuse_by_hand(self):
        raise AccessError(
            self.env._("A supervisor marks repeated abuse with the button, nobody by hand.")
        )

    def _mark_vexatious(self, is_marked, reason, review_on):
        """Mark the caller, or take the mark off (投诉滥用).

        :param is_marked: whether he is vexatious
        :param reason: what he does, required for a mark
        :param review_on: date on which the mark is looked at again, required for a mark
        :raises AccessError: for anybody below supervisor
        :raises ValidationError: without reason or day, or when the day is not to come
        """
        self.ensure_one()
        self.check_access("read")
        self._check_may_mark()
        if is_marked:
            self._check_mark(reason, review_on)
        values = {
            "water_vexatious": is_marked,
            "water_vexatious_reason": is_marked and reason,
            "water_vexatious_review_on": is_marked and review_on,
            "water_vexatious_by_id": self.env.uid,
        }
        # sudo: res.partner - supervisors do not edit contacts otherwise
        partner = trusted(self.sudo())
        partner.write(values)
        kind = self.env.ref("water_service_desk.mail_activity_type_vexatious")
        partner.activity_ids.filtered(lambda todo: todo.activity_type_id == kind).action_done()
        state = self.env._("Marked for repeated abuse: %s", reason) if is_marked else ""
        partner._message_log(body=state or self.env._("No longer marked for repeated abuse."))

    @api.model
    def _check_may_mark(self):
        """A mark is no agent's affair: he might settle a quarrel with it.

        :raises AccessError: for anybody below supervisor
        """
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise AccessError(self.env._("Only a supervisor marks a caller for repeated abuse."))

    @api.model
    def _check_mark(self, reason, review_on):
        if not said(reason):
            raise ValidationError(self.env._("Say why the caller is marked for repeated abuse."))
        if not review_on or review_on <= self.env.company._water_today():
            raise ValidationError(
                self.env._("Name the day to come on which the mark is looked at again.")
            )

    def _vexatious_alert(self):
        """What whoever picks up reads; nothing for anybody else."""
        if not (self and self.water_vexatious):
            return ""
        return self.env._(
            "Marked for repeated abuse: %(reason)s. Register the matter all the same."
            " Review on %(day)s.",
            reason=self.water_vexatious_reason,
            day=fields.Date.to_string(self.water_vexatious_review_on),
        )

    @api.model
    def _cron_review_vexatious(self):
        """Scheduled action: ask for the review of marks whose day has come, once each."""
        kind = self.env.ref("water_service_desk.mail_activity_type_vexatious")
        marks = [("water_vexatious", "=", True), ("water_vexatious_review_on", "!=", False)]
        due = self.search(marks).filtered(
            lambda row: row.water_vexatious_review_on <= row._vexatious_company()._water_today()
        )
        each_apart(due, type(self)._ask_vexatious, kind)

    def _vexatious_company(self):
        """Whose mark it is: customers are of all companies."""
        return self.company_id or self.water_vexatious_by_id.company_id or self.env.company

    def _ask_vexatious(self, kind):
        """Have whoever set the mark look again, once.

        :param kind: mail.activity.type of such a question
        """
        asked = self.activity_ids.filtered(lambda todo: todo.activity_type_id == kind)
        supervisor = self.water_vexatious_by_id.filtered("active")
        user = supervisor or self._vexatious_company()._water_asked_user()
        if not asked and user:
            told = self.with_context(lang=user.lang)
            self.activity_schedule(
                activity_type_id=kind.id,
                user_id=user.id,
                summary=told.env._("Does the mark “repeated abuse” still hold?"),
            )
