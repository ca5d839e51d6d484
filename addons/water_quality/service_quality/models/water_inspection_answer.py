from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said


class WaterInspection(models.Model):
    """What the inspected person says to an inspection, and who decides when he disagrees."""

    _inherit = "water.inspection"

    acknowledged_at = fields.Datetime(readonly=True, copy=False)
    dispute_reason = fields.Text(readonly=True, copy=False)
    disputed_at = fields.Datetime(readonly=True, copy=False)
    decision = fields.Selection(
        [("kept", "The score stands"), ("annulled", "Annulled")], readonly=True, copy=False
    )
    decision_reason = fields.Text(readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)
    can_answer = fields.Boolean(compute="_compute_can_answer")
    can_decide = fields.Boolean(compute="_compute_can_answer")

    @api.depends("state", "user_id", "inspector_id", "department_id", "decision", "hand_ids")
    @api.depends_context("uid")
    def _compute_can_answer(self):
        for inspection in self:
            inspection.can_answer = inspection.state == "done" and inspection._is_about_me()
            inspection.can_decide = inspection.state == "disputed" and inspection._is_neutral()

    def _is_about_me(self):
        """Whether the user answers for what was inspected: himself, or his department."""
        if self.user_id:
            return self.user_id == self.env.user
        return self.department_id.sudo().manager_id == self.env.user

    def _is_neutral(self):
        """Whether the user may decide a dispute: somebody who had no part in it."""
        hands = self.inspector_id | self.user_id | self.sudo().hand_ids
        if not self.user_id:  # nobody decides on his own department
            hands |= self.department_id.sudo().member_ids
        return self._is_manager() and not self._is_about_me() and self.env.user not in hands

    def _tell_inspected(self, subject):
        """Tell whom the inspection is about.

        :param subject: function of an environment
        """
        # sudo: water.department - the head is known to whoever inspects
        person = self.user_id or self.department_id.sudo().manager_id
        self.env["water.staff.message"]._tell(
            person, lambda env: (subject(env), self.with_env(env)._result_line()), record=self
        )

    def _result_line(self):
        """The result in one line, in the language of the environment."""
        return self.env._(
            "%(inspection)s: %(score).1f of 100 (%(mark).0f to pass). Open it to acknowledge or"
            " dispute it.",
            inspection=self.display_name,
            score=self.score,
            mark=self.pass_mark,
        )

    def action_acknowledge(self):
        """The inspected person has read it and agrees."""
        for inspection in self:
            inspection._check_answer()
        # sudo: water.inspection - he may only read it; this is the one thing he adds
        trusted(self.sudo()).write(
            {"state": "acknowledged", "acknowledged_at": fields.Datetime.now()}
        )
        return True

    def _check_answer(self):
        self.check_access("read")
        if not self._is_about_me():
            raise AccessError(self.env._("Only the inspected person answers an inspection."))
        if self.state != "done":
            raise UserError(self.env._("This inspection does not wait for an answer."))

    def action_dispute(self):
        """Open the dialog in which the inspected person disagrees."""
        return self._open_dialog(self.env._("Dispute the Inspection"))

    def action_decide(self):
        """Open the dialog in which somebody else decides the dispute."""
        return self._open_dialog(self.env._("Decide the Dispute"))

    def _open_dialog(self, title):
        self.ensure_one()
        return windows.dialog("water.inspection.wizard", title, {"default_inspection_id": self.id})

    def _dispute(self, reason):
        """The inspected person disagrees; somebody else decides.

        :param reason: why, required
        :raises UserError: without a reason, or when it was decided already
        """
        self.ensure_one()
        self._check_answer()
        if self.decision:
            raise UserError(self.env._("This dispute was decided already."))
        if not said(reason):
            raise UserError(self.env._("Say what is not right with the inspection."))
        # sudo: water.inspection - he may only read it; his reason is all he adds
        trusted(self.sudo()).write(
            {
                "state": "disputed",
                "dispute_reason": reason,
                "disputed_at": fields.Datetime.now(),
            }
        )
        self._tell_deciders()

    def _tell_deciders(self):
        """Supervisors and quality who had no part in it hear of the dispute."""
        group = self.env.ref(SUPERVISOR)
        # sudo: res.users - whoever disputes neither sees nor chooses who decides
        people = group.sudo().all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids
        )
        self.sudo().env["water.staff.message"]._tell(
            people - self.inspector_id - self.user_id - self.sudo().hand_ids,
            lambda env: (
                env._("An inspection is disputed"),
                f"{self.with_env(env).sudo().display_name}: {self.sudo().dispute_reason}",
            ),
            record=self,
        )

    def _decide(self, decision, reason):
        """Decide a dispute: the score stands, or the inspection is annulled.

        :param decision: ``kept`` or ``annulled``
        :param reason: why, required; the inspected person reads it
        :raises AccessError: for anybody who had a part in it
        """
        self.ensure_one()
        self.check_access("write")
        if not self._is_neutral():
            raise AccessError(
                self.env._("A dispute is decided by somebody who had no part in the inspection.")
            )
        if self.state != "disputed":
            raise UserError(self.env._("This inspection is not disputed."))
        if not said(reason):
            raise UserError(self.env._("Give the reason of the decision."))
        trusted(self).write(
            {
                "state": "done" if decision == "kept" else "annulled",
                "decision": decision,
                "decision_reason": reason,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        if decision == "annulled":
            self._after_annulled()
        self._tell_inspected(lambda env: env._("Your dispute is decided"))
