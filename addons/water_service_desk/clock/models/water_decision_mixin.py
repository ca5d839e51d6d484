from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base import windows
from ...base.locks import force_conflict
from ...base.trust import trusted
from ...base.words import strip_invisible


class WaterDecisionMixin(models.AbstractModel):
    """Asked for by one user, approved by another, or refused with a reason.

    Heirs say in ``_decision_error`` who may decide, and what follows in ``_after_approved`` and
    ``_after_refused``. The user who asked takes it back instead of refusing it.
    """

    _name = "water.decision.mixin"
    _description = "Decided by Another User"

    _waiting_state = "requested"
    #: None where what follows from the approval writes the state
    _approved_state = "approved"
    #: states in which it may be refused
    _refusable_states = ("requested",)
    #: field of the user who asked and may take it back, or None
    _asked_by = None

    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, copy=False, ondelete="restrict"
    )
    decided_at = fields.Datetime(readonly=True, copy=False)
    refusal_reason = fields.Text(string="Why Not", readonly=True, copy=False)
    can_decide = fields.Boolean(compute="_compute_can_decide", export_string_translation=False)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for row in self:
            row.can_decide = not row._decision_error()

    def _is_own(self):
        return bool(self._asked_by) and self[self._asked_by] == self.env.user

    def _decision_error(self, approves=True):
        """Return the error that keeps the user from deciding.

        :param approves: False where it is refused or taken back
        """
        states = (self._waiting_state,) if approves else self._refusable_states
        if self.state not in states:
            return UserError(self.env._("This has been decided already."))
        if approves and self._is_own():
            return UserError(self.env._("You cannot approve your own request."))
        return None

    def _check_decision(self, approves=True):
        self.check_access("read")
        for row in self:
            error = row._decision_error(approves)
            if error:
                raise error

    def action_approve(self):
        """Approve what another user has asked for.

        :raises UserError: by users who may not decide, or where it is decided already
        """
        force_conflict(self)  # of two concurrent decisions one starts again
        self._check_decision()
        for row in self:
            row._decide(self._approved_state)
            row._after_approved()
        return True

    def action_refuse(self):
        """Open the dialog that asks for the reason."""
        self.ensure_one()
        self._check_decision(approves=False)
        return windows.dialog(
            "water.refusal.wizard",
            self.env._("Withdraw") if self._is_own() else self.env._("Refuse"),
            {"default_record": f"{self._name},{self.id}"},
        )

    def _refuse(self, reason):
        """Refuse it, or take it back where the present user has asked for it.

        :param reason: required
        :raises UserError: without a reason, or as :meth:`action_approve` does
        """
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))
        force_conflict(self)
        self._check_decision(approves=False)
        for row in self:
            if row._is_own():
                trusted(row.sudo()).write({"state": "withdrawn", "refusal_reason": reason})
                row._after_taken_back(reason)
            else:
                row._decide("refused", reason)
                row._after_refused(reason)

    def _decide(self, state, reason=False):
        decided = {"decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}
        decided |= {"state": state} if state else {}
        # sudo: checked by the decision
        trusted(self.sudo()).write({**decided, "refusal_reason": reason})

    def _after_approved(self):
        """Hook: what follows from an approval."""

    def _after_refused(self, reason):
        """Hook: who is told that it was refused."""

    def _after_taken_back(self, reason):
        """Hook: who is told that it was taken back."""
