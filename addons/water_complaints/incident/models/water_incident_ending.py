from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.apart import FAILED, apart, each_apart
from odoo.addons.water_service_desk.base.moments import CLOCK_SKEW
from odoo.addons.water_service_desk.base.trust import trusted

from .water_incident_cases import CASE_MODELS


class WaterIncident(models.Model):
    """The end of an incident: which cases are proposed to close with it, which stay and why."""

    _inherit = "water.incident"

    call_count = fields.Integer(string="Customers to Call", compute="_compute_calls")
    end_text = fields.Text(string="What Was Done", compute="_compute_end_text")

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
                lines.append((case, [str(words) for words in case.sudo()._why_stays_open()]))
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
                closing = self._ending_with(notice, found)
                close = type(found)._close_with_incident
                if apart(closing, close, notice.body) is FAILED:
                    each_apart(closing, close, notice.body)
                trusted(notice).write({"last_model": model, "last_case_id": found[-1].id})
                return True
        return False

    def _ending_with(self, notice, cases):
        """Those of the cases that may close: a message is on its way to their customers.

        Cases of customers without a way to be told close when a user has chosen them.
        """
        contacts = self.env["water.incident.contact"].sudo()
        link = contacts._case_field(cases._name)
        theirs = Domain(link, "in", cases.ids) | Domain("partner_id", "in", cases.partner_id.ids)
        theirs |= Domain("partner_id", "=", False)
        sent = Domain("message_ids", "any", [("state", "!=", "given_up")])
        rows = contacts.search(Domain("notice_id", "=", notice.id) & theirs & sent)
        told = cases & cases.search(Domain("id", "in", cases.ids) & rows._cases_domain(link))
        if not isinstance(notice.chosen, dict):
            return told
        return told | (cases - told).filtered(lambda case: not case._can_be_called())

    # -- the telephone list -------------------------------------------------------------------

    def _compute_calls(self):
        """How many customers are to be called at its end."""
        contacts = self.env["water.incident.contact"].sudo()
        for incident in self:
            incident.call_count = contacts.search_count(incident._calls_domain())

    def _calls_domain(self):
        mine = Domain("notice_id.incident_id", "=", self._origin.id)
        return mine & Domain("needs_call", "=", True)

    def _compute_end_text(self):
        """Say in one sentence what was done at the end and what is left."""
        for incident in self:
            is_over = incident.state in ("restored", "closed")
            # sudo: water.incident.notice - whether it is sent still
            queued = incident.sudo().notice_ids.filtered(lambda row: row.state == "queued")
            waits = queued and incident.env._("The news of the end are being sent.")
            incident.end_text = is_over and (waits or incident._end_sentence())

    def _end_sentence(self):
        contacts = self.env["water.incident.contact"].sudo()
        mine = Domain("notice_id.incident_id", "=", self.id)
        mine &= Domain("notice_id.kind", "=", "restored")
        mine &= Domain.OR(Domain(link, "!=", False) for link in contacts._case_models())
        sent = Domain("message_ids", "any", [("state", "!=", "given_up")])
        calls = contacts.search(self._calls_domain())
        waiting = others = 0
        for link, model in contacts._case_models().items():
            # sudo: case - counted for every reader
            cases = self.env[model].sudo()
            is_open = self._open_children_domain(model)
            own = cases.search_count(is_open & calls._cases_domain(link)) if calls else 0
            waiting += own
            others += cases.search_count(is_open) - own
        return self.env._(
            "Customers with a case told by a message: %(told)s, by phone: %(called)s; still to be"
            " called: %(calls)s (open cases: %(waiting)s); other open cases: %(others)s.",
            told=contacts.search_count(mine & sent),
            called=contacts.search_count(mine & Domain("called_at", "!=", False)),
            calls=len(calls),
            waiting=waiting,
            others=others,
        )

    def _note_end(self):
        """Keep in the incident's own log what was done at its end."""
        told = self.with_context(lang=self.company_id.partner_id.lang)
        self._message_log(body=told._end_sentence())

    def action_open_calls(self):
        """Open the telephone list: customers whom no message reached at the end."""
        self.ensure_one()
        self.check_access("read")
        title = self.env._("%s · Telephone List", self.display_name)
        domain = list(self._calls_domain())
        return windows.rows("water.incident.contact", title, domain, modes="list")
