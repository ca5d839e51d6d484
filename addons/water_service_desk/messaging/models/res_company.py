from odoo import fields, models


class ResCompany(models.Model):
    """Who hears of messages that were given up."""

    _inherit = "res.company"

    water_message_user_id = fields.Many2one(
        "res.users",
        string="Undelivered Messages",
        help="Is asked to reach customers whose messages were given up; empty: a supervisor.",
    )

    def _water_asked_user(self):
        """Whoever hears of messages that were given up is asked the rest, too."""
        if self.water_message_user_id.active:
            return self.water_message_user_id
        return super()._water_asked_user()
