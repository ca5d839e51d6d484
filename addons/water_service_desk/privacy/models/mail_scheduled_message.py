from odoo import api, models


class MailScheduledMessage(models.Model):
    """Refuses scheduled messages for erased cases (PIPL art. 47)."""

    _inherit = "mail.scheduled.message"

    @api.model
    def _check(self, values=None):
        """As Odoo.

        :raises AccessError: for a case whose customer was erased
        """
        result = super()._check(values)
        if values and not self.env.is_superuser():
            owner = values.get("model"), values.get("res_id")
            self.env["mail.message"]._check_water_erased([owner])
        return result
