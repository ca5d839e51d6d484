from odoo import api, models
from odoo.tools import html2plaintext

from ...base.roles import INTEGRATION
from ...case.steps import WEBHOOKS
from ...intake.filing import HANDED_IN, REACHED


def iso(moment):
    """A naive UTC moment as machines exchange it, or None."""
    return f"{moment.isoformat(timespec='seconds')}Z" if moment else None


class WaterCaseMixin(models.AbstractModel):
    """A case for integrations: what its customer reads, and no data of others."""

    _inherit = "water.case.mixin"

    @api.model
    def _api_file(self, values, files, partner, channel, extra):
        """File a case for an integration.

        :param values: {form field: text as typed}
        :param files: ``(name, seekable binary stream)`` pairs
        :param partner: res.partner identified by the channel, or empty
        :param extra: further values of the case
        :raises FilingError: field by field; no case is saved then
        """
        # sudo: case - integrations have no rights; the input is checked here
        cases = self.sudo().with_context(water_handed_in=HANDED_IN)
        if extra["is_anonymous"] or extra.get("email_from"):
            cases = cases.with_context(water_handed_in=REACHED)
        vals = {
            **cases._checked_filing(values, files, partner),
            **extra,
            "partner_id": partner.id,
            "channel_id": channel.id,
        }
        return self.sudo()._create_once(vals, files)

    def _portal_author(self):
        """Use the known customer as author of messages from an integration."""
        if self.env.user.has_group(INTEGRATION):
            # sudo: res.partner - as whom strangers write
            return self.sudo().partner_id or self.env.ref("base.public_partner").sudo()
        return super()._portal_author()

    def _api_entries(self):
        entries = self.env["water.api.entry"].sudo()
        link = entries._case_field(self._name)
        return entries.search([(link, "in", self.ids), ("kind", "=", "case")])

    def _api_status(self, entry=None):
        """Return the state of the case for an integration: plain values in the customer's words."""
        entry = entry or self._api_entries()[:1]
        page = self._portal_page()
        return {
            "external_id": entry._own_number(),
            "channel": entry.channel_id.code,
            "kind": entry._case_field(self._name).removesuffix("_id"),
            "number": self.name,
            "subject": self.subject,
            **self._api_state(),
            "status": page["status"],
            "is_open": page["is_open"],
            "answer": page.get("answer") or "",
            "rating": page.get("rating") or "",
            "can": self._api_can(page["can"]),
            "timeline": [
                {"title": step["title"], "at": step["at"], "kind": step["kind"]}
                for step in page["timeline"]
            ],
            "messages": [
                {"mine": row["mine"], "at": row["at"], "text": html2plaintext(row["body"])}
                for row in page["messages"]
            ],
        }

    def _api_actions(self, prefix=""):
        """Return {step of the interface without ``prefix``: action} of the case type."""
        rows = self._portal_actions().items()
        return {
            row.api.removeprefix(prefix): action
            for action, row in rows
            if row.api and row.api.startswith(prefix)
        }

    def _api_can(self, can):
        """Return {method of the interface: whether the state permits it}, of all case types."""
        models = self.env["water.case.link.mixin"]._case_models().values()
        steps = {step for model in models for step in self.env[model]._api_actions()}
        own = self._api_actions()
        permits = dict.fromkeys((step.partition(".")[0] for step in steps), False)
        for step, action in own.items():
            permits[step.partition(".")[0]] |= can[action]
        return permits

    def _api_state(self):
        """State and times: all that a webhook carries beside the numbers."""
        clocks = self.sudo()._public_clocks()
        promises = {kind: iso(clock.due_at) for kind, clock in clocks.items()}
        return {
            "state": self.state,
            "received_at": iso(self.received_at),
            "promised_at": iso(self.promised_at),
            "closed_at": iso(self.closed_at),
            "promises": promises,
        }

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        for name in ("water.api.entry", "water.webhook.delivery"):
            # sudo: entries, deliveries - of the case that is erased
            rows = self.env[name].sudo()
            rows.search([(rows._case_field(self._name), "=", self.id)])._forget()

    # -- webhooks ----------------------------------------------------------------------------

    def _tell_event(self, kind, _at):
        self._tell_webhooks(WEBHOOKS[kind])

    def message_post(self, **kwargs):
        """As Odoo does; integrations hear that their customer was written to."""
        message = super().message_post(**kwargs)
        author = message.author_id
        if author and not author.partner_share and self._is_to_customer(kwargs):
            self._tell_webhooks("message")
        return message

    def _tell_webhooks(self, event):
        hooks = self.env["water.webhook"]
        told = self.filtered(lambda case: case.sudo().channel_id.id in hooks._webhook_channels())
        if told:
            self.env["water.webhook.delivery"]._queue(told.sudo(), event)
