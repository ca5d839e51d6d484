from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...base import windows
from ...messaging import gateway_http

SECRET_KEY = "water_service_desk.webhook_secret.%s"
MIN_SECRET = 16


class WaterWebhook(models.Model):
    """An address at which an integration is notified of its cases (S3.2.1a 渠道畅通).

    Its URL receives numbers and states: only system administrators set it.
    """

    _name = "water.webhook"
    _inherit = ["water.cached.mixin", "water.mixin"]
    _description = "Webhook"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    url = fields.Char(
        string="URL",
        required=True,
        help="Receives a POST for each event. Internal addresses are refused unless an"
        " administrator has allowed their network in the settings.",
    )
    secret = fields.Char(
        compute="_compute_secret",
        inverse="_inverse_secret",
        groups="base.group_system",
        help="Signs each delivery; the receiver checks the signature with the same secret.",
    )
    channel_ids = fields.Many2many(
        "water.channel",
        string="Channels",
        required=True,
        help="It hears of cases that were handed in through these channels.",
    )
    tell_created = fields.Boolean(string="Case registered", default=True)
    tell_state_changed = fields.Boolean(string="State changed", default=True)
    tell_promise_changed = fields.Boolean(string="Promised time changed", default=True)
    tell_message = fields.Boolean(string="Message to the customer", default=True)
    tell_file_published = fields.Boolean(string="File published", default=True)
    tell_visit_changed = fields.Boolean(string="Appointment changed", default=True)
    timeout = fields.Integer(
        string="Time-out", required=True, default=10, help="Seconds for the whole exchange."
    )
    max_attempts = fields.Integer(
        string="Most Attempts",
        required=True,
        default=10,
        help="Then the delivery is given up until it is sent again by hand.",
    )
    dead_count = fields.Integer(string="Given Up", compute="_compute_dead_count")

    _limits = models.Constraint(
        "CHECK (timeout BETWEEN 1 AND 60 AND max_attempts BETWEEN 1 AND 20)",
        "The time-out is 1 to 60 seconds, and 1 to 20 attempts are made.",
    )

    def _compute_dead_count(self):
        groups = self.env["water.webhook.delivery"]._read_group(
            [("webhook_id", "in", self.ids), ("state", "=", "dead")], ["webhook_id"], ["__count"]
        )
        counts = dict(groups)
        for hook in self:
            hook.dead_count = counts.get(hook._origin, 0)

    # -- the secret --------------------------------------------------------------------------

    def _compute_secret(self):
        for hook in self:
            hook.secret = hook._origin._read_secret()

    def _inverse_secret(self):
        parameters = self.env["ir.config_parameter"].sudo()
        for hook in self:
            if len(hook.secret or "") < MIN_SECRET:
                text = self.env._("The secret has at least %s characters.", MIN_SECRET)
                raise ValidationError(text)
            parameters.set_param(SECRET_KEY % hook.id, hook.secret)

    def _read_secret(self):
        # sudo: ir.config_parameter - used to sign, shown to administrators alone
        parameters = self.env["ir.config_parameter"].sudo()
        return (self.id and parameters.get_param(SECRET_KEY % self.id)) or ""

    def copy_data(self, default=None):
        """A copy is switched off until it has its own secret."""
        return [{**row, "active": False} for row in super().copy_data(default=default)]

    @api.constrains("url")
    def _check_url(self):
        for hook in self:
            fault = gateway_http.url_fault(hook.url)
            if fault or "{" in hook.url:
                text = self.env["water.gateway"]._url_fault_text(fault or "host")
                raise ValidationError(text)

    # -- who hears what ------------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _webhook_channels(self):
        # sudo: water.webhook - asked for each event of each case
        return frozenset(self.sudo().search([("active", "=", True)]).channel_ids.ids)

    @api.model
    def _hearing(self, event, channel, company):
        return self.sudo().search(
            [
                (f"tell_{event}", "=", True),
                ("channel_ids", "in", channel.ids),
                ("company_id", "in", [False, company.id]),
            ]
        )

    def action_open_dead(self):
        """Open the deliveries of the webhook that were given up."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "water_service_desk.action_webhook_delivery"
        )
        return {**action, "domain": [("webhook_id", "=", self.id)]}

    def action_test(self):
        """Send a test delivery at once and show the receiver's answer.

        :raises UserError: if it was not accepted
        """
        self.ensure_one()
        self.check_access("write")
        body = {"event": "test", "webhook": self.name}
        fault, detail, _wait = self.env["water.webhook.delivery"]._post(self, "test", body)
        if fault:
            failures = self.env["water.webhook.delivery"]._fields["failure_code"]
            label = dict(failures._description_selection(self.env))[fault]
            text = self.env._("The test was not taken: %s", f"{label} {detail or ''}".strip())
            raise UserError(text)
        return windows.message(self.env._("The receiver took the test."))
