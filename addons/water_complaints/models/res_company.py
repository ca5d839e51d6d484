from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    water_incident_cases = fields.Integer(
        string="Cases that Make an Incident",
        default=3,
        help="So many cases of one kind in one supply zone propose an incident.",
    )
    water_incident_minutes = fields.Integer(string="Within Minutes", default=60)

    water_receipt_days = fields.Integer(
        string="Receipt of Appeals", default=1, help="Working days until an appeal is acknowledged."
    )
    water_review_days = fields.Integer(
        string="Review of Appeals", default=5, help="Working days until the first level decides."
    )
    water_panel_days = fields.Integer(
        string="Decision of the Panel", default=10, help="Working days until the company decides."
    )
    water_confirm_days = fields.Integer(
        string="Confirmation of Results",
        default=5,
        help="Calendar days after which a customer who does not say whether he is content is"
        " asked once more, and after which again the complaint is closed as unanswered. 0: never.",
    )
    water_authority = fields.Char(
        string="Water Authority",
        help="The authority in charge of water supply, named in letters: name and telephone.",
    )

    _water_appeals_sane = models.Constraint(
        "CHECK (water_receipt_days > 0 AND water_review_days > 0 AND water_panel_days > 0"
        " AND water_confirm_days >= 0)",
        "Give the time limits of appeals in whole working days, one at least.",
    )
    _water_incident_sane = models.Constraint(
        "CHECK (water_incident_cases >= 2 AND water_incident_minutes > 0)",
        "An incident is proposed by two cases at least, within some minutes.",
    )

    def _water_incident_span(self):
        """Cases so far apart belong together."""
        self.ensure_one()
        return timedelta(minutes=self.water_incident_minutes)
