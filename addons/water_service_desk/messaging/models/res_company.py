from odoo import fields, models

from ...base.roles import SUPERVISOR


class ResCompany(models.Model):
    """Who hears of messages that were given up."""

    _inherit = "res.company"

    water_message_user_id = fields.Many2one(
        "res.users",
        string="Undelivered Messages",
        help="Is asked to reach customers whose messages were given up; empty: a supervisor.",
    )

    def _water_message_user(self):
        """Who is told of messages that were given up: a supervisor, unless somebody is named."""
        self.ensure_one()
        if self.water_message_user_id.active:
            return self.water_message_user_id
        # sudo: res.groups - that a supervisor exists is no secret
        group = self.env.ref(SUPERVISOR).sudo()
        people = group.all_user_ids.filtered(lambda u: u.active and self in u.company_ids)
        return people.sorted("id")[:1]
