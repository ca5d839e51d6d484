from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain

from ...clock.working_time import wall_moment

#: Kinds of messages, as a template says them, and what switches them off.
KINDS = [
    ("statutory", "Always sent: letters, results, rights"),
    ("progress", "Progress of a case"),
    ("visit", "Appointments"),
    ("survey", "Questions about satisfaction"),
    ("outage", "Planned outages"),
]
MUTES = {kind: f"water_mute_{kind}" for kind, _label in KINDS if kind != "statutory"}


class ResPartner(models.Model):
    """A customer's preferences for messages; letters and rights are sent in any case.

    Customers set them in the portal (S1.2.3 主动关心, S3.1.2b); the messaging service reads them
    here.
    """

    _inherit = "res.partner"

    water_message_medium = fields.Selection(
        [("mail", "Mail"), ("sms", "SMS"), ("wechat", "WeChat"), ("none", "No messages")],
        string="Messages by",
        help="How the customer wants to be told about their cases; empty: by mail where they have"
        " an address, else by WeChat or SMS. Letters and results are always sent.",
    )
    water_mute_progress = fields.Boolean(string="No Messages about Progress")
    water_mute_visit = fields.Boolean(string="No Messages about Appointments")
    water_mute_survey = fields.Boolean(string="No Questions about Satisfaction")
    water_mute_outage = fields.Boolean(string="No Messages about Planned Outages")
    water_quiet_from = fields.Float(
        string="Quiet from",
        help="Local time from which no messages are sent; both zero: no quiet hours.",
    )
    water_quiet_until = fields.Float(string="Quiet until", help="Local time until which.")
    water_tell_representative = fields.Selection(
        [("both", "The customer and their representative"), ("alone", "The representative alone")],
        string="When Represented",
        help="Who gets messages of cases with a representative. Letters and results always go to "
        "both.",
    )

    _water_quiet = models.Constraint(
        "CHECK (COALESCE(water_quiet_from, 0) BETWEEN 0 AND 24"
        " AND COALESCE(water_quiet_until, 0) BETWEEN 0 AND 24)",
        "Quiet hours lie between 0:00 and 24:00.",
    )

    def _erasure_places(self):
        """Search messages to others about an erased customer, such as of a delegation."""
        return super()._erasure_places() | {"water.message": ("subject",)}

    def _erase_around(self, scrubber, reason):
        """Erase messages beside the customer's cases, such as about accounts."""
        super()._erase_around(scrubber, reason)
        # each company reads a number as one of its own country
        numbers = {
            row._water_phone(self.phone) for row in self.env["res.company"].search(Domain.TRUE)
        }
        ways = [way for way in (self.email, *numbers, self.water_wechat_openid) if way]
        his = Domain("partner_id", "=", self.id) | Domain("address", "in", ways)
        self.env["water.message"].search(his)._forget(scrubber)

    def _water_wants(self, kind):
        return kind not in MUTES or not self[MUTES[kind]]

    def _water_after_quiet(self, moment, tz):
        """The first moment from ``moment`` on that is not in the quiet hours.

        :param moment: naive UTC
        :param tz: name of the time zone by whose clock they are meant
        :return: naive UTC
        """
        begin, end = self.water_quiet_from, self.water_quiet_until
        if not self or begin == end:
            return moment
        local = fields.Datetime.context_timestamp(self.with_context(tz=tz), moment)
        hour = local.hour + local.minute / 60 + local.second / 3600
        is_quiet = begin <= hour < end if begin < end else hour >= begin or hour < end
        if not is_quiet:
            return moment
        # by the clock on the wall: nights in which it is changed are an hour longer or shorter
        day = local.date() + timedelta(days=hour >= end)
        wall = datetime.combine(day, time.min) + timedelta(minutes=round(end * 60))
        return wall_moment(wall, ZoneInfo(tz))

    def _water_address(self, medium):
        return {
            "mail": self.email,
            "wechat": self.water_wechat_openid,
            "sms": self.phone_sanitized,
        }[medium]

    @api.model
    def _water_kind_labels(self):
        """Return ``[(kind, sentence)]`` of the kinds that can be switched off, in words for
        customers.
        """
        labels = {
            "progress": self.env._("Progress of my case: received, accepted, finished"),
            "visit": self.env._("Appointments: made, moved, cancelled"),
            "survey": self.env._("Questions whether I am satisfied"),
            "outage": self.env._("Planned outages at my address"),
        }
        return list(labels.items())
