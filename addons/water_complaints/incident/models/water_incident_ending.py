from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.apart import FAILED, apart, each_apart
from odoo.addons.water_service_desk.base.moments import CLOCK_SKEW
from odoo.addons.water_service_desk.base.trust import trusted

from .water_incident_cases import CASE_MODELS


class WaterIncident(models.Model):
    """The end of an incident: which cases are proposed to close with it, which stay and why."""

    _inherit = "water.incident"

    def _over_at(self, at):
        """When it was over, by the watch of whoever says so; never before it began.

        A machine whose clock is ahead of ours may have written the beginning.

        :param at: naive UTC
        :raises UserError: for a time before it began, or in the future
        """
        now = fields.Datetime.now()
        begun = self.aware_at if self.is_planned else min(self.aware_at, now)
        if not begun <= at <= now + CLOCK_SKEW:
            raise UserError(self.env._("Choose a time between the beginning and now."))
        return max(at, self.aware_at)

    def _ending_lines(self):
        """``[(case, words that keep it open)]`` of the open cases that hang on it."""
        lines = []
        for model in CASE_MODELS:
            if not self.env[model].has_access("read"):
                continue
            cases = self.env[model].search(self._open_children_domain(model), order="id")
            # sudo: case - what keeps it open is counted, whoever may see it
            for case in cases:
                waits = case.sudo()._why_not_ended() or case.sudo()._who_waits()
                lines.append((case, [str(words) for words in waits]))
        return lines

    def _close_cases(self, notice, limit):
        """Close a batch of the cases that hang on it and wait for nothing more.

        :return: whether there was one to look at
        """
        begun = CASE_MODELS.index(notice.last_model) if notice.last_model else 0
        for model in CASE_MODELS[begun:]:
            after = notice.last_case_id if notice.last_model == model else 0
            domain = self._open_children_domain(model) & Domain("id", ">", after)
            if isinstance(notice.chosen, dict):
                domain &= Domain("id", "in", notice.chosen.get(model, []))
            found = self.env[model].sudo().search(domain, order="id", limit=limit)
            if found:
                close = type(found)._close_with_incident
                if apart(found, close, notice.body) is FAILED:
                    each_apart(found, close, notice.body)
                trusted(notice).write({"last_model": model, "last_case_id": found[-1].id})
                return True
        return False
