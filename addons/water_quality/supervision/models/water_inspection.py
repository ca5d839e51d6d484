from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
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
    """A mystery visit (暗访): only the outside visitor fills in the checklist.

    Visitors see their own checklist in the portal. Quality reviews the answers and can ask for
    more, but not edit them.
    """

    _name = "water.inspection"
    _inherit = ["water.inspection", "water.upload.mixin", "water.portal.list.mixin"]

    visitor_id = fields.Many2one(
        "res.partner",
        string="Visited by",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="External visitor with a portal login, who makes the visit and fills in the "
        "checklist. Empty: the inspector does.",
    )
    visit_until = fields.Date(string="Visit until", copy=False)
    given_at = fields.Datetime(string="Given Out", readonly=True, copy=False)
    handed_in_at = fields.Datetime(string="Handed In", readonly=True, copy=False)
    first_handed_in_at = fields.Datetime(
        string="First Handed In",
        readonly=True,
        copy=False,
        help="From then on what was seen stays, also while the visitor is asked for more.",
    )
    visit_note = fields.Text(string="Words of the Visitor", readonly=True, copy=False)
    return_reason = fields.Char(
        string="What to Add", copy=False, help="What the visitor is asked to add or explain."
    )

    _portal_url = "/my/mystery-visits"
    _portal_moment = "given_at"

    @api.constrains("visitor_id")
    def _check_visitor(self):
        """Refuse visitors with an internal user: staff would know them."""
        for row in self.sudo():
            if any(user._is_internal() for user in row.visitor_id.user_ids):
                raise ValidationError(self.env._("A mystery visit cannot be made by staff."))

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if "visitor_id" in names and any(row.given_at for row in self):
            raise UserError(self.env._("The visit is given out: take it back first."))

    def action_give_out(self):
        """Give the checklist to the visitor, who hears of it by mail.

        :raises UserError: without a visitor who has a login
        """
        self._check_keeper()
        self._check_not_handed_in()
        for row in self:
            logins = row.sudo().visitor_id.user_ids
            if not logins or not row.visit_until:
                raise UserError(
                    self.env._("Name a visitor with a login of the customer's pages, and a date.")
                )
        trusted(self).given_at = fields.Datetime.now()
        for row in self:
            row._tell_visitor(row.env._("please make the visit by %s", row.visit_until))
        return True

    def action_take_back(self):
        """Take the checklist back from the visitor."""
        self._check_keeper()
        self._check_not_handed_in()
        trusted(self).write({"given_at": False, "visitor_id": False})
        return True

    def action_ask_more(self):
        """Give the checklist back to the visitor, who is asked to add something.

        :raises UserError: without saying what
        """
        self._check_keeper()
        for row in self:
            if not row.handed_in_at or not row.return_reason:
                raise UserError(self.env._("Say what to add to what was handed in."))
        trusted(self).write({"handed_in_at": False})
        for row in self:
            row._tell_visitor(row.return_reason)
        return True

    def _check_keeper(self):
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors inspect."))
        self._check_open_to_inspector()

    def _check_not_handed_in(self):
        if any(row.first_handed_in_at for row in self):
            raise UserError(self.env._("It is handed in: what was seen stays."))

    def action_drop(self):
        """Refuse to drop an inspection that a visitor has handed in."""
        self._check_not_handed_in()
        return super().action_drop()

    def _tell_visitor(self, words):
        """Send the visitor a mail in their language; it names neither counter nor checklist."""
        localized = self.with_context(lang=self.visitor_id.lang or self.company_id.partner_id.lang)
        link = f"{localized.get_base_url()}{localized._portal_url}/{localized.id}"
        localized.message_notify(
            partner_ids=localized.visitor_id.ids,
            subject=localized.env._("%s: your visit for us", localized.name),
            body=localized._visit_mail(words, link),
            email_layout_xmlid="water_service_desk.mail_layout",
        )

    # -- visit ---------------------------------------------------------------------------------
    # The visitor's page of a mystery visit.

    @api.model
    def _portal_domain(self, partner):
        given = Domain("visitor_id", "=", partner.id) & Domain("given_at", "!=", False)
        return given & Domain("state", "=", "draft") if partner else Domain.FALSE

    @api.model
    def _portal_waiting_domain(self):
        return Domain("handed_in_at", "=", False)

    @api.model
    def _portal_find(self, number):
        """Return one of the signed-in visitor's own visits with sudo, or an empty recordset."""
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
        """Store the visitor's answers; the visitor can go on later.

        :param params: ``{rating_<line>: key, note_<line>: text, words: text}``
        :param files: ``(name, stream)`` of photos
        :raises WrongStateError: if it was handed in already
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
        """Count files stored earlier as well: the visitor may send some each time."""
        limit = self.company_id.sudo().water_upload_max_files
        if files and len(files) + len(self.sudo()._visit_files()) > limit:
            return [self.env._("Choose at most %s files.", limit)]
        return []

    def _portal_hand_in(self):
        """Hand in the stored answers.

        :raises WrongStateError: if it was handed in already
        :raises FilingError: for each open item
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
        """Read rating and note of one item; ignore invalid values."""
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
