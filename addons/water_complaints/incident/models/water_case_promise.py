from odoo import models


class WaterCaseMixin(models.AbstractModel):
    """A case that belongs to a running incident is promised what the incident promises."""

    _inherit = "water.case.mixin"

    def _shared_promises(self):
        # sudo: water.incident - what is told to everybody of its area
        case = self.sudo()
        incident = case.incident_id
        if incident.state != "open" or case._is_for_itself() or case.state in case._final_states:
            return super()._shared_promises()
        return incident._promise_rows() + super()._shared_promises()

    def _has_own_promise(self):
        """A claim or a crew of its own has limits of its own; so has what is late."""
        case, alone = self.sudo(), not self._shared_promises()
        late = case.incident_id._is_past_announced_end()
        own = alone or late or case.own_claim or self._has_own_crew()
        return bool(own) and super()._has_own_promise()

    def _crew_is_awaited(self):
        """The crew of an incident works at the main, not at the customer's place."""
        incident = self.sudo().incident_id
        gone = incident.state == "dismissed" or incident._is_past_announced_end()
        helped = incident and not gone and not self._has_own_crew()
        return not helped and super()._crew_is_awaited()
