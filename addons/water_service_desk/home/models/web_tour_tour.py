from odoo import api, fields, models


class WebTourTour(models.Model):
    """Tours through a role's day: offered to that role alone, started by the user."""

    _inherit = "web_tour.tour"

    water_group_ids = fields.Many2many(
        "res.groups",
        "water_tour_group_rel",
        string="For",
        help="User of the tour; empty: all users.",
    )

    @api.model
    def consume(self, tourName):  # noqa: N803  # Odoo's own name
        """As Odoo, but start no tour of other apps after one of ours."""
        following = super().consume(tourName)
        if not self.search_count([("name", "=", tourName), ("water_group_ids", "!=", False)]):
            return following
        self.env["res.users"].switch_tour_enabled(False)
        return False

    @api.model
    def _water_next(self):
        user = self.env.user
        domain = [("water_group_ids", "in", user.all_group_ids.ids)]
        found = self.search([*domain, ("user_consumed_ids", "not in", user.id)], limit=1)
        return bool(found) and {"name": found.name, "message": str(found.rainbow_man_message)}
