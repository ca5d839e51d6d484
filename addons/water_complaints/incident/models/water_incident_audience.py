from collections import Counter

from odoo import models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.messaging.models.water_gateway import MEDIA

from .water_incident_cases import CASE_MODELS


class WaterIncident(models.Model):
    """Who would be told the next news, and how: shown before anything is sent."""

    _inherit = "water.incident"

    def _audience(self):
        """``Counter`` of people by channel; under a false value those whom nothing reaches.

        Each person once, as ``water.incident.notice`` lists them.
        """
        # sudo: water.gateway, case, water.account - counted, not shown
        self = self.sudo()
        gateways = self.env["water.gateway"]._usable(self.company_id)
        people, found = self._people_of_cases(), Counter()
        for case in people.values():
            wanted = not self.is_planned or case._message_wanted("outage")
            route = wanted and case._message_route(gateways, has_text=True)
            found[route["medium"] if route else False] += 1
        holders = self.env["water.account"].search(self._accounts_domain()).partner_id
        holders -= holders.browse().union(*(told.partner_id for told in people.values()))
        for holder in holders:
            found[self._medium_of(holder, gateways)] += 1
        return found

    def _people_of_cases(self):
        """{by what one is told once: case} of whoever has a case that hangs on it; as superuser.

        Whoever is told as a customer is not told as a stranger besides; who wants no name is.
        """
        people, strangers = {}, set()
        for model in CASE_MODELS:
            for case in self.env[model].search(self._open_children_domain(model)):
                for told in (case, *self.env["water.incident.notice"]._merged_into(case)):
                    who = told._told_as()
                    people.setdefault(who, told)
                    if isinstance(who, str) and not told.is_anonymous:
                        strangers.add(who)
        for address in self._known_addresses(strangers, people.values()):
            del people[address]
        return people

    def _known_addresses(self, strangers, cases):
        """Those of the addresses ``strangers`` that a customer has to whom it is told as well.

        :param cases: of all who are told because of one
        """
        if not strangers:
            return strangers
        listed = list(strangers)
        at = Domain("partner_id.email_normalized", "in", listed)
        at |= Domain("partner_id.phone_sanitized", "in", listed)
        holders = self.env["water.account"].search(self._accounts_domain() & at).partner_id
        known = holders.union(*(case.partner_id for case in cases))
        return strangers & {*known.mapped("email_normalized"), *known.mapped("phone_sanitized")}

    def _reach_of(self, cases):
        """``{case: "message", "call" or "none"}``: how the customers hear that it is over.

        :param cases: list of cases
        """
        # sudo: water.gateway, case - asked how customers are reached, not shown
        gateways = self.env["water.gateway"].sudo()._usable(self.company_id)
        found = {}
        for case in cases:
            own = case.sudo()
            by_phone = "call" if own._can_be_called() else "none"
            is_told = own._message_route(gateways, has_text=True)
            found[case] = "message" if is_told else by_phone
        return found

    def _medium_of(self, holder, gateways):
        """The channel by which the holder of an account is told, or nothing."""
        wish = holder.water_message_medium
        if wish == "none" or (self.is_planned and not holder._water_wants("outage")):
            return False
        for medium in dict.fromkeys((*([wish] if wish else []), "mail", "wechat", "sms")):
            usable = medium == "mail" or gateways.get((medium, self.company_id))
            if usable and holder._water_address(medium):
                return medium
        return False

    def _audience_words(self):
        """「120 people: mail 80, SMS 30; 10 cannot be reached」 in the user's language."""
        found = self._audience()
        unreached = found.pop(False, 0)
        labels = dict(self.env["water.message"]._fields["medium"]._description_selection(self.env))
        order = [medium for medium, __ in MEDIA if found[medium]]
        channels = ", ".join(f"{labels[medium]} {found[medium]}" for medium in order)
        return self.env._(
            "%(count)s people are told: %(channels)s; %(unreached)s cannot be reached or want"
            " none.",
            count=sum(found.values()),
            channels=channels or self.env._("none"),
            unreached=unreached,
        )

    def action_open_audience(self):
        """Open the accounts whose holders are told."""
        self.ensure_one()
        return windows.rows("water.account", self.display_name, list(self._accounts_domain()))
