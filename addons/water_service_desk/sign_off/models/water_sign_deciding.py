from odoo import fields, models
from odoo.exceptions import UserError

from ...base import windows
from ...base.trust import trusted
from ...base.turns import meet
from ...base.words import said


class WaterSignOff(models.Model):
    """Signing, or not: by whom the rule names or his deputy, never by who wrote it."""

    _inherit = "water.sign.off"

    def _check_signer(self):
        self.check_access("read")
        meet(self)  # nobody signs what was signed or replaced meanwhile
        for row in self:
            if row.state != "waiting":
                raise UserError(
                    self.env._("This was decided already, or there is a newer version.")
                )
            row.sudo()._case()._check_unsealed()
            if self.env.user in row.sudo().author_ids:
                raise UserError(self.env._("You cannot sign what you wrote yourself."))
            if not row.can_sign:
                raise UserError(self.env._("Only whom the rule names signs this, or their deputy."))

    def action_sign(self):
        """Sign this version: it may go out as it stands.

        :raises UserError: by anybody but whom the rule names, and by whoever wrote it
        """
        self._check_signer()
        now = fields.Datetime.now()
        trusted(self.sudo()).write(
            {"state": "signed", "signed_by_id": self.env.uid, "signed_at": now}
        )
        for row in self:
            row.sudo()._case()._log_events("signed", row._payload())
            row._tell(row.asked_by_id, lambda case: case.env._("%s: signed", case.name))
        return True

    def action_refuse(self):
        """Open the dialog that asks why not."""
        self.ensure_one()
        self._check_signer()
        return windows.dialog(
            "water.refusal.wizard",
            self.env._("Not Signed"),
            {"default_record": f"{self._name},{self.id}"},
        )

    def _refuse(self, reason):
        """Not to go out like this; who asked reads why.

        :param reason: required
        """
        self.ensure_one()
        self._check_signer()
        if not said(reason):
            raise UserError(self.env._("Give the reason."))
        now = fields.Datetime.now()
        values = {"state": "refused", "signed_by_id": self.env.uid, "signed_at": now}
        trusted(self.sudo()).write({**values, "refusal_reason": reason})
        self.sudo()._case()._log_events("signature_refused", self._payload(reason=reason))
        self._tell(self.asked_by_id, lambda case: case.env._("%s: not signed", case.name))

    def _lapse(self):
        """The case has ended: nothing goes out any more that would have to be signed."""
        trusted(self.sudo()).state = "lapsed"
        for row in self.sudo():
            row._case()._log_events("signature_lapsed", row._payload())
            people = row.asked_by_id | row.signer_ids
            row._tell(people, lambda case: case.env._("%s: nothing to sign any more", case.name))
