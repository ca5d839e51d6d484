from odoo import models
from odoo.exceptions import UserError


class WaterDispatch(models.Model):
    """What a dispatch says of itself to those who wait for it, and how its help is given up."""

    _inherit = "water.dispatch"

    def action_withdraw(self):
        """The desk no longer needs the help of a supporting department.

        :raises AccessError: by whoever may not write the case
        :raises UserError: by anybody but the desk, or for what is answered, or leads
        """
        for dispatch in self:
            case = dispatch._case()
            case.check_access("write")
            if not case._is_desk():
                raise UserError(self.env._("Only service agents can withdraw a dispatch."))
            if dispatch.role != "support":
                raise UserError(
                    self.env._("Whoever leads is replaced by a new dispatch, not withdrawn.")
                )
            dispatch._check_state("sent", "accepted")
        self._cancel()
        return True

    def _open_note(self):
        """Who is still at work, as what is missing for the next step."""
        names = {"department": self.department_id.name}
        if self.role == "support":
            return self.env._(
                "%(department)s, which supports, is still at work: wait for its result, or withdraw"
                " the dispatch",
                **names,
            )
        return self.env._("%(department)s, which leads, has not finished its work yet", **names)

    def _return_note(self):
        """Who returned the work, why, and whose it is, in one line; nothing for no dispatch."""
        if not self:
            return ""
        words = {"department": self.department_id.name, "reason": self.reject_reason}
        owner = self.suggested_department_id.name
        if owner:
            return self.env._(
                "%(department)s: %(reason)s It is for: %(owner)s.", owner=owner, **words
            )
        return self.env._("%(department)s: %(reason)s", **words)
