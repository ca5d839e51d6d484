from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.moments import moment_text
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.intake.filing import (
    FilingError,
    clean_text,
    first_line,
    parse_id,
)
from odoo.addons.water_service_desk.intake.once import sent_once

#: Longest texts of the form, in characters.
LIMITS = {"description": 4000, "place": 200}


class WaterSupervisionFinding(models.Model):
    """What social supervisors hand in and read on the customer's pages."""

    _inherit = "water.supervision.finding"

    submission_key = fields.Char(readonly=True, copy=False, export_string_translation=False)

    _portal_url = "/my/observations"
    _portal_search_fields = ("name", "description", "place")
    _portal_moment = "received_at"

    _submission_uniq = models.UniqueIndex(
        "(partner_id, submission_key) WHERE submission_key IS NOT NULL",
        "This observation was handed in already.",
    )

    # -- read -----------------------------------------------------------------------------

    @api.model
    def _portal_domain(self, partner):
        """One's own, also after the term."""
        mine = Domain("partner_id", "=", partner.id) & Domain("supervisor_id", "!=", False)
        return mine if partner else Domain.FALSE

    @api.model
    def _portal_find(self, number):
        """One of the signed-in person's own, with sudo, or nothing."""
        return self._portal_search(Domain("id", "=", parse_id(number) or 0), limit=1)

    @api.model
    def _portal_words(self):
        return {
            "kind": "observation",
            "many": self.env._("My observations"),
            "new": self.env._("New observation"),
            "none": self.env._("You have handed in nothing yet."),
        }

    def _portal_rows(self):
        """What the list and the page show: ``[{number, subject, at, status, url, …}]``."""
        zone = self._portal_zone()
        words = {
            "open": self.env._("We look into it"),
            "answered": self.env._("We look into it"),
            "replied": self.env._("Answered"),
            "closed": self.env._("Answered"),
        }
        return [
            {
                "number": row.name,
                "subject": row.subject,
                "description": row.description,
                "place": row.place,
                "at": moment_text(self.env, row.received_at, zone),
                "due": row._due_line(zone),
                "status": words[row.state],
                "answer": row.answer if row.state in ("replied", "closed") else "",
                "url": f"{self._portal_url}/{row.id}",
            }
            for row in self
        ]

    def _due_line(self, zone):
        due = moment_text(self.env, self.reply_due_at, zone)
        if self.counted_provisional:
            due = self.env["water.addressee.mixin"]._say_provisional(due)
        return self.env._("We answer by %s.", due)

    # -- hand in --------------------------------------------------------------------------

    @api.model
    def _portal_submit(self, params, files):
        """Take an observation of the signed-in social supervisor.

        :param params: ``{field: text}`` of the form
        :param files: ``(name, stream)`` of the photos
        :raises AccessError: by anybody who is not in office
        :raises FilingError: field by field
        :return: the finding, with sudo; the same one where the form is sent twice
        """
        supervisor = self.env["water.social.supervisor"]._serving(self.env.user.partner_id)
        if not supervisor:
            raise AccessError(self.env._("Social supervisors in office hand in observations."))
        key = clean_text(params.get("submission_key"), 64) or False
        known = key and self._portal_search(Domain("submission_key", "=", key), limit=1)
        if known:
            return known
        values = self._portal_checked(supervisor, params, files)
        # sudo: water.supervision.finding - handed in by whoever is in office, checked above
        rows = trusted(self.sudo().with_company(supervisor.company_id))
        with sent_once(self.env):
            finding = rows.create({**values, "submission_key": key})
            finding._store_files(files)
            finding.flush_recordset()
        return finding.sudo()

    @api.model
    def _portal_checked(self, supervisor, params, files):
        """The values of a finding, or a refusal that names the fields."""
        typed = {name: clean_text(params.get(name)) for name in LIMITS}
        zones = self._portal_zones(supervisor)
        zone = zones.filtered(lambda row: row.id == parse_id(params.get("zone_id")))
        errors = {}
        if not typed["description"]:
            errors["description"] = self.env._("Tell us what you have seen.")
        for name, limit in LIMITS.items():
            if len(typed[name]) > limit:
                errors[name] = self.env._("At most %s characters.", limit)
        if params.get("zone_id") and not zone:
            errors["zone_id"] = self.env._("Choose a zone of the list.")
        faults = self._file_faults(files)
        if faults:
            errors["files"] = "\n".join(faults)
        if errors:
            raise FilingError(errors)
        return {
            **typed,
            "subject": first_line(typed["description"], 60),
            "source": "social",
            "partner_id": supervisor.partner_id.id,
            "supervisor_id": supervisor.id,
            "zone_id": zone.id,
            "company_id": supervisor.company_id.id,
        }

    @api.model
    def _portal_zones(self, supervisor):
        """The zones that a supervisor chooses from, with sudo."""
        here = [("company_id", "in", (False, supervisor.company_id.id))]
        return supervisor.zone_ids or supervisor.zone_ids.search(here)
