from odoo import api, models
from odoo.exceptions import UserError

from ...base.roles import AGENT
from ...base.tables import table


class WaterCaseMixin(models.AbstractModel):
    """Refusals of steps for many cases, found without doing them."""

    _inherit = "water.case.mixin"

    #: {state: state after dispatching}; dispatching from other states changes none
    _dispatch_moves = {}
    #: requirements that dispatching itself meets
    _given_by_dispatch = ()

    def action_batch(self):
        """Open the dialog that does one thing for all ticked cases."""
        self.check_access("read")
        return self._dialog("water.batch.wizard", self.env._("Do for All Selected"))

    def _fault_of(self, *checks):
        """Return the first refusal of the checks as text; "" if there is none.

        :param checks: functions without arguments that only read, and raise
        """
        for check in checks:
            try:
                check()
            except UserError as error:
                return str(error)
        return ""

    def _refusals_but(self, state, given):
        """Return why the case may not move to ``state``, apart from what the step will provide.

        :param given: names of requirements that are met by then
        """
        known = {str(line) for need in given for line in getattr(self, need)()}
        return [line for line in self._refusals(state) if str(line) not in known]

    def _dispatch_target(self):
        return table(self, "_dispatch_moves").get(self.state)

    def _check_dispatchable(self, department, due=False):
        """Check whether the case could be dispatched now; nothing is changed.

        :raises UserError: with what is missing
        """
        self.ensure_one()
        self.check_access("write")
        self._check_unsealed()
        if due:
            self.env["water.dispatch"]._check_due(due, self)
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise UserError(self.env._("Only service agents can dispatch a case."))
        state = self._dispatch_target()
        missing = self._refusals_but(state, self._given_by_dispatch) if state else []
        if missing:
            raise UserError(" · ".join(str(line) for line in missing))

    def _check_desk(self):
        """Refuse users outside the desk.

        :raises UserError: for them
        """
        if not self._is_desk():
            raise UserError(self.env._("Only the service desk tells customers something."))

    def _check_assignable(self, user):
        """Check whether ``user`` could be given the case; nothing is changed.

        :raises UserError: says why not
        """
        self.ensure_one()
        self.check_access("write")
        self._check_unsealed()
        if not user or not self._may_hear(user):
            raise UserError(self.env._("%s may not see this case.", user.sudo().name or "?"))
        self._check_skill(user)
        self._check_handler(user)

    def _check_closable(self):
        """Check whether the service could end now; nothing is changed.

        :raises UserError: with what is missing
        """
        self.ensure_one()
        self.check_access("write")
        self._check_unsealed()
        missing = self._refusals(self._closing_state)
        if missing:
            raise UserError(" · ".join(str(line) for line in missing))

    @api.model
    def _work_orders(self):
        # as the user: unreadable rows are not printed
        rows = self.env["water.dispatch"].browse()
        for case in self:
            leads = case.dispatch_ids.filtered(
                lambda row: row.role == "lead" and row.state in ("sent", "accepted", "finished")
            )
            rows |= leads.sorted("id")[-1:]
        return rows
