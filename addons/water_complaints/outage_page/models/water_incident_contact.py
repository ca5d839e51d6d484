from odoo import fields, models


class WaterIncidentContact(models.Model):
    """Whoever has said that he is affected is told the news where he has asked for them."""

    _inherit = "water.incident.contact"

    affected_id = fields.Many2one(
        "water.incident.affected", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    def _stranger(self):
        """The row of a household without a login, else nothing."""
        # sudo: water.incident.affected - written to, never shown
        return self.sudo().affected_id.filtered(lambda row: not row.partner_id)

    def _message_address(self, medium):
        stranger = self._stranger()
        if stranger:
            return {"mail": stranger.email, "sms": stranger.phone}.get(medium)
        return super()._message_address(medium)

    def _mail_address(self):
        return self._stranger().email or super()._mail_address()

    def _customer_lang(self):
        return self._stranger().lang or super()._customer_lang()

    def _customer_link(self):
        row = self.sudo().affected_id
        if not row:
            return super()._customer_link()
        path = row.incident_id._page_path()
        key = f"?me={row._token()}" if self.env.su else ""  # none for the staff
        return f"{self.get_base_url()}{path}{key}"
