from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.moments import day_text
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.intake.filing import (
    FilingError,
    WrongStateError,
    clean_text,
    parse_id,
)

#: Longest texts of the form, in characters.
NOTE, WORDS = 300, 2000


class WaterInspection(models.Model):
    """The visitor's page of a mystery visit: only what he was given."""

    _inherit = "water.inspection"

    _portal_url = "/my/mystery-visits"
    _portal_moment = "given_at"

    @api.model
    def _portal_domain(self, partner):
        """What was given to ``partner`` and is not settled yet."""
        given = Domain("visitor_id", "=", partner.id) & Domain("given_at", "!=", False)
        return given & Domain("state", "=", "draft") if partner else Domain.FALSE

    @api.model
    def _portal_waiting_domain(self):
        return Domain("handed_in_at", "=", False)

    @api.model
    def _portal_find(self, number):
        """One of the signed-in person's own, with sudo, or nothing."""
        return self._portal_search(Domain("id", "=", parse_id(number) or 0), limit=1)

    @api.model
    def _portal_words(self):
        return {
            "kind": "visit",
            "many": self.env._("My visits for the company"),
            "none": self.env._("No visit is given to you."),
        }

    def _portal_rows(self):
        return [
            {
                "number": row.name,
                "subject": row.template_id.name,
                "place": row.place or row.department_id.name or "",
                "until": self.env._("By %s", day_text(row.visit_until)),
                "is_in": bool(row.handed_in_at),
                "asked": row.return_reason or "",
                "url": f"{self._portal_url}/{row.id}",
            }
            for row in self
        ]

    def _portal_page(self):
        """The checklist as its visitor fills it in."""
        ratings = dict(self.line_ids._fields["rating"]._description_selection(self.env))
        met = ("full", "none", "na")
        return {
            **self._portal_rows()[0],
            "words": self.visit_note or "",
            "files": self.sudo()._visit_files().mapped("name"),
            "lines": [
                {
                    "id": line.id,
                    "name": line.name,
                    "rating": line.rating,
                    "note": line.note or "",
                    "choices": [
                        (key, label)
                        for key, label in ratings.items()
                        if line.scale != "met" or key in met
                    ],
                }
                for line in self.line_ids
            ],
        }

    def _visit_files(self):
        here = [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", False)]
        return self.env["ir.attachment"].search(here)

    def _portal_fill(self, params, files):
        """Keep what the visitor has seen; he can go on later.

        :param params: ``{rating_<line>: key, note_<line>: text, words: text}``
        :param files: ``(name, stream)`` of photos
        :raises WrongStateError: when it was handed in already
        :raises FilingError: field by field
        """
        self._check_with_visitor()
        seen = {line: self._portal_line(line, params) for line in self.line_ids}
        words = clean_text(params.get("words"))
        errors = {
            f"note_{line.id}": self.env._("At most %s characters.", NOTE)
            for line, values in seen.items()
            if len(values["note"]) > NOTE
        }
        if len(words) > WORDS:
            errors["words"] = self.env._("At most %s characters.", WORDS)
        faults = self._file_faults(files) or self._too_many(files)
        if faults:
            errors["files"] = "\n".join(faults)
        if errors:
            raise FilingError(errors)
        # sudo: water.inspection - the visitor's own, as the caller has found out
        for line, values in seen.items():
            trusted(line.sudo()).write(values)
        trusted(self.sudo()).visit_note = words
        self.sudo()._store_files(files)

    def _too_many(self, files):
        """What was kept before counts as well: he may send some each time he goes on."""
        limit = self.company_id.sudo().water_upload_max_files
        if files and len(files) + len(self.sudo()._visit_files()) > limit:
            return [self.env._("Choose at most %s files.", limit)]
        return []

    def _portal_hand_in(self):
        """Hand in what is kept.

        :raises WrongStateError: when it was handed in already
        :raises FilingError: for each item that is open
        """
        self._check_with_visitor()
        errors = {}
        for line in self.line_ids:
            if not line.rating:
                errors[f"rating_{line.id}"] = self.env._("“%s”: choose one.", line.name)
            elif line.is_failed and not line.note:
                errors[f"note_{line.id}"] = self.env._("“%s”: say what you saw.", line.name)
        if errors:
            raise FilingError(errors)
        # sudo: water.inspection - the visitor's own, as the caller has found out
        mine = trusted(self.sudo())
        now = fields.Datetime.now()
        first = self.first_handed_in_at or now
        mine.write({"handed_in_at": now, "first_handed_in_at": first, "return_reason": False})
        mine._tell_handed_in()

    def _check_with_visitor(self):
        if self.handed_in_at:
            raise WrongStateError(self.env._("You have handed it in already. Thank you."))

    def _portal_line(self, line, params):
        """Rating and note of one item as they were sent; rubbish counts as nothing."""
        rating = params.get(f"rating_{line.id}")
        allowed = {choice[0] for choice in line._fields["rating"].selection}
        if line.scale == "met":
            allowed -= {"mostly", "partly"}
        return {
            "rating": rating if rating in allowed else False,
            "note": clean_text(params.get(f"note_{line.id}")),
        }

    def _tell_handed_in(self):
        tell_staff(
            self,
            self.inspector_id,
            lambda one: one.env._("%s: a mystery visit is handed in", one.name),
            lambda one: one.display_name,
        )

    def _visit_mail(self, words, link):
        hello = self.env._("You have a visit to make for us: %s", words)
        tail = self.env._("Please keep to yourself where and when you go.")
        return Markup("<p>{}</p><p><a href='{}'>{}</a></p><p>{}</p>").format(
            hello, link, self.env._("Open the checklist"), tail
        )
