from odoo import fields, models


class WaterIncidentContact(models.Model):
    """Send the news to affected households at the address they have left."""

    _inherit = "water.incident.contact"

    affected_id = fields.Many2one(
        "water.incident.affected", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    def _stranger(self):
        """Return the row of a household without a login, else an empty recordset."""
        # sudo: water.incident.affected - written to, never shown
        return self.sudo().affected_id.filtered(lambda row: not row.partner_id)

    def _customer_lang(self):
        return self._stranger().lang or super()._customer_lang()
