from odoo import models

from odoo.addons.water_service_desk.base.trust import trusted

#: What says which incident a case hangs on.
PLACED = ("category_id", "zone_id", "account_id", "occurred_at")


class WaterCaseMixin(models.AbstractModel):
    """Category and place are often put right later: what follows is the same as at the first look.

    A case that turns out to be of a running incident hangs on it and hears how it stands. One that
    hangs on it and turns out to be about something else stays for the end of it to be looked at,
    but somebody comes to it, and it may be an incident of its own.
    """

    _inherit = "water.case.mixin"

    _reactions = dict.fromkeys(PLACED, ("_on_matter_of_incident",))

    def _is_other_matter(self):
        """Whether it hangs on an incident that is about something else, or is somewhere else."""
        case = self.sudo()
        if not case.incident_id:
            return False
        return case.category_id not in case.incident_id.category_ids or case._is_elsewhere()

    def _is_elsewhere(self):
        """Whether its place is not of the area of the incident that it hangs on."""
        incident, zone = self.incident_id, self.zone_id or self.account_id.zone_id
        here = zone in incident.zone_ids or self.account_id in incident.account_ids
        return bool(zone) and not here

    def _on_matter_of_incident(self, before, _vals):
        changed = self.sudo().filtered(
            lambda case: (
                case.state in case._incident_states
                and any(case[name] != before[case.id].get(name, case[name]) for name in PLACED)
            )
        )
        for case in changed:
            if not case.incident_id or case._is_other_matter():
                case._join_running()
        others = changed.filtered(lambda case: case._is_for_itself())
        for case in others:
            case._await_crew()
        self.env["water.incident"]._propose_for(
            changed.filtered(lambda case: not case.incident_id) | others
        )

    def _is_for_itself(self):
        """Whether nothing that goes on takes care of it, though it hangs on an incident."""
        over = self.incident_id.state in ("restored", "closed", "dismissed")
        return over or self._is_other_matter()

    def _left_incidents(self):
        """Numbers of those that somebody took it out of: it does not come back by itself."""
        left = self.event_ids.filtered(lambda event: event.kind == "incident_left")
        return {(event.payload or {}).get("number") for event in left}

    def _join_running(self):
        """Hang on what goes on where the case is, if it is about that; its customer is told."""
        facts = {name: self[name].id for name in ("category_id", "zone_id", "account_id")}
        moments = {name: self[name] for name in ("occurred_at", "received_at")}
        facts |= {"company_id": self.company_id.id, **moments}
        left = self._left_incidents()
        running = self._running_incidents().filtered(lambda row: row.name not in left)
        incident = self._incident_of(running, facts)
        if not incident:
            return
        self._join_incident(incident)
        if self.category_id.is_claim:
            trusted(self).write({"own_claim": True})
        news = incident._valid_news()
        if news and not self.partner_id & news.contact_ids.partner_id:
            news._tell_cases(self)
