import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: A site that may hold our pages in a frame, and no more: no path, no keyword of the policy.
ORIGIN = re.compile(r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{2,5})?")


class ResCompany(models.Model):
    """Limits of what comes without a login."""

    _inherit = "res.company"

    water_public_open = fields.Boolean(
        string="Public Page",
        help="Customers without an account can file and follow cases at /water/report. You can "
        "open it once the hotline and the departments are set up.",
    )
    water_front_open = fields.Boolean(
        string="First Page",
        default=True,
        help="Visitors and customers who open / see the first page at /water. If a website is "
        "installed, it keeps /.",
    )
    water_privacy_text = fields.Text(
        string="Privacy: Own Words",
        translate=True,
        help="Added to the privacy notice at /water/privacy, such as the officer's name.",
    )
    water_public_frames = fields.Char(
        string="Sites That May Embed",
        help="Sites whose pages may show pages without a login in a frame, such as"
        " https://mp.example.com; several with blanks between them. Empty: none. Customers' own"
        " pages are never shown there.",
    )
    water_public_per_source = fields.Integer(
        string="Filings per Address",
        default=20,
        help="Cases within an hour from one network address. 0: no limit.",
    )
    water_public_per_phone = fields.Integer(
        string="Filings per Telephone Number",
        default=5,
        help="Cases within a day with one telephone number. 0: no limit.",
    )
    water_public_per_session = fields.Integer(
        string="Filings per Browser",
        default=5,
        help="Cases within an hour from one browser. 0: no limit.",
    )
    water_public_work = fields.Integer(
        string="Work of the Browser",
        default=60000,
        help="Largest number that a visitor's browser has to try before it may send a form.",
    )
    water_track_attempts = fields.Integer(
        string="Wrong Codes",
        default=5,
        help="After so many wrong codes for a number from one network address each further try"
        " waits, twice as long each time; four times as many for all numbers close that address"
        " for an hour.",
    )
    water_track_opens = fields.Integer(
        string="Links Opened",
        default=120,
        help="Links of mails and messages that one network address may open within an hour."
        " 0: no limit.",
    )
    water_track_actions = fields.Integer(
        string="Answers without Login",
        default=30,
        help="Messages accepted per case and hour from people who follow it without a login. 0: no "
        "limit.",
    )
    water_challenge_per_source = fields.Integer(
        string="Checks of Browsers",
        default=300,
        help="Checks against programs that one network address may ask for within an hour."
        " 0: no limit.",
    )

    _water_public = models.Constraint(
        "CHECK (water_public_per_source >= 0 AND water_public_per_phone >= 0"
        " AND water_public_per_session >= 0 AND water_track_attempts BETWEEN 1 AND 100"
        " AND water_public_work BETWEEN 1000 AND 2000000)",
        "Choose limits of the public page from 0, 1 to 100 wrong codes, and 1000 to 2000000 tries"
        " of the browser.",
    )
    _water_doors = models.Constraint(
        "CHECK (water_track_opens >= 0 AND water_track_actions >= 0"
        " AND water_challenge_per_source >= 0)",
        "Limits of what customers send must not be negative.",
    )

    @api.constrains("water_public_open")
    def _check_public_open(self):
        """Refuse to open the page without a hotline or people for its cases."""
        for company in self.filtered("water_public_open"):
            missing = company._water_public_missing()
            if missing:
                raise ValidationError(
                    self.env._(
                        "The public page of %(company)s cannot be opened yet: %(missing)s.",
                        company=company.name,
                        missing="; ".join(missing),
                    )
                )

    def _water_public_missing(self):
        """Return what the public page still needs, in words."""
        self.ensure_one()
        missing = [] if self.water_hotline else [self.env._("No hotline")]
        # sudo: water.department - whether it has people
        departments = self.env["water.department"].sudo()
        domain = [("company_id", "in", (False, self.id)), ("member_ids", "!=", False)]
        if not departments.search_count(domain, limit=1):
            missing.append(self.env._("No staff in any department"))
        return missing

    @api.constrains("water_public_frames")
    def _check_water_public_frames(self):
        for company in self:
            for origin in (company.water_public_frames or "").split():
                if not ORIGIN.fullmatch(origin):
                    raise ValidationError(
                        self.env._(
                            "“%s” is no site: write https:// and the name alone, such as"
                            " https://mp.example.com.",
                            origin,
                        )
                    )
