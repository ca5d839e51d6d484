from odoo import models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...base.trust import trusted
from ...base.words import said


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

    def _add_to_report(self, text):
        """Append ``text`` to the report, unless it says so already."""
        known = said(self.result)
        if text not in known:
            # sudo: water.dispatch - for callers who were allowed to report the work
            trusted(self.sudo()).result = "\n\n".join(filter(None, (known, text)))

    def _answer_desk(self, text, left=None):
        """Tell the first responsible person what the department answered.

        Without a first responsible person or deputy, the supervisors are told.

        :param text: the department's words
        :param left: function that lists, for an environment, what the desk still has to do
        """
        case = self._case()
        people = case._acting_responsible() or case._desk_supervisors()

        def compose(env):
            states = dict(self._fields["state"]._description_selection(env))
            department = self.department_id.with_env(env).name
            subject = env._(
                "%(case)s: %(department)s – %(answer)s",
                case=case.name,
                department=department,
                answer=states[self.state],
            )
            lines = [f"· {line}" for line in (left(env) if left else ())]
            if lines:
                lines = ["", env._("Still to be done at the desk:"), *lines]
            return subject, plaintext2html("\n".join([text or "", *lines]))

        self.env["water.staff.message"]._tell(people, compose, record=case)
