from odoo import api, fields, models

from ...base.roles import CONTACT_GROUPS


class ResUsers(models.Model):
    _inherit = "res.users"

    water_department_ids = fields.Many2many(
        "water.department",
        "water_department_user_rel",
        "user_id",
        "department_id",
        string="Water Departments",
        help="Departments whose dispatches this person works on.",
    )

    water_channel_ids = fields.Many2many(
        "water.channel",
        "water_channel_user_rel",
        "user_id",
        "channel_id",
        string="Channels of the Integration",
        help="An integration hands in, reads back and adds to the cases of these channels alone.",
    )

    water_badge = fields.Char(
        string="Badge Number",
        copy=False,
        help="What customers are told of who serves them, on the telephone, pages and letters.",
    )

    _water_badge_uniq = models.UniqueIndex(
        "(water_badge, company_id) WHERE water_badge IS NOT NULL",
        "Somebody else has this badge number.",
    )

    @api.model
    def _water_reads_contact(self):
        """Whether the present user may see who customers are and how to reach them (S2.2.4).

        Portal users and the public see what the gateway hands out, which is their own.
        """
        return self.env.user._reads_customers()

    def _reads_customers(self):
        """The same of one user, whoever asks."""
        self.ensure_one()
        user = self.with_user(self)
        return not user._is_internal() or user.has_groups(CONTACT_GROUPS)
