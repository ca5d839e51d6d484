from odoo import fields, models


class ResCompany(models.Model):
    """Recipients of notices about failed messages, and limits of messages caused by strangers."""

    _inherit = "res.company"

    water_message_user_id = fields.Many2one(
        "res.users",
        string="Undelivered Messages",
        help="Follows up with customers whose messages could not be delivered; empty:"
        " the head of customer service, else a supervisor.",
    )

    water_unproved_limit = fields.Integer(
        string="Messages to an Unproved Address per Day",
        default=10,
        help="A stranger may give anyone's address without a login or by mail: an address gets at "
        "most this many messages a day. 0: no limit.",
    )

    _water_unproved_sane = models.Constraint(
        "CHECK (water_unproved_limit >= 0)", "The limit of messages must not be negative."
    )

    def _compute_bounce(self):
        """As Odoo, but not on every read of the company: Odoo asks for it with each mail."""
        alone = self.with_context(prefetch_fields=False)
        return super(ResCompany, alone)._compute_bounce()

    def _water_asked_user(self):
        """Ask the user notified of failed messages for other decisions as well."""
        if self.water_message_user_id.active:
            return self.water_message_user_id
        return super()._water_asked_user()
