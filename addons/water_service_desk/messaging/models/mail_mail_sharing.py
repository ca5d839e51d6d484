from odoo import api, fields, models

#: Scheduled actions that send beside Odoo's own, by the end of their XML ids.
HELPERS = (1, 2, 3)
#: Messages queued at once from which the helpers are called.
MANY = 20


class MailMail(models.Model):
    """Mails of which thousands wait at once are sent by several scheduled actions.

    Odoo's queue is one action: started twice it would send mails twice. So each helper has a share
    of its own, and Odoo's own action leaves it alone while that helper is switched on.
    """

    _inherit = "mail.mail"

    water_sender = fields.Integer(string="Sent by Helper", readonly=True, copy=False)

    @api.model
    def _helpers(self):
        """``{number: scheduled action}`` of the helpers that are switched on."""
        # sudo: ir.cron - whoever tells customers has the queue look at once
        crons = {
            number: self.env.ref(f"water_service_desk.ir_cron_messages_beside_{number}").sudo()
            for number in HELPERS
        }
        return {number: cron for number, cron in crons.items() if cron.active}

    def _share_out(self):
        """Give each helper its share, and Odoo's own action one."""
        helpers = list(self._helpers())
        if len(self) < MANY or not helpers:
            return
        for position, number in enumerate(helpers, 1):
            self[position :: len(helpers) + 1].water_sender = number

    def _wake_helpers(self, moments):
        """Call the helpers that have a share of these.

        :param moments: when they are to look, datetimes in UTC
        """
        helpers = self._helpers()
        for number in set(self.mapped("water_sender")) & set(helpers):
            helpers[number]._trigger(at=moments)

    def mark_outgoing(self):
        """A single mail that is tried again goes the ordinary way."""
        self.write({"water_sender": False})
        return super().mark_outgoing()

    @api.model
    def _send_share(self, number):
        """Send what is shared out to a helper.

        :param number: of ``HELPERS``
        """
        share = [("water_sender", "=", number)]
        self.with_context(filters=share).process_email_queue()

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Leave to each helper that is switched on what is his."""
        filters = self.env.context.get("filters", [])
        if "water_sender" not in {leaf[0] for leaf in filters}:
            filters = [*filters, ("water_sender", "not in", list(self._helpers()))]
        queue = super(MailMail, self.with_context(filters=filters))
        return queue.process_email_queue(email_ids, batch_size)
