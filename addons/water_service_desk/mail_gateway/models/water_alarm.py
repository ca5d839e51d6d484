from odoo import models
from odoo.tools import LazyTranslate

from ...monitoring.figures import Alarm, Figure

_lt = LazyTranslate(__name__)

FIGURES = (
    Figure(
        "water_inbound_aside",
        "Quarantined mails, by reason",
        "SELECT coalesce(reason, 'other'), count(*) FROM water_inbound_mail"
        " WHERE outcome = 'aside' GROUP BY 1",
        ("reason",),
    ),
    Figure(
        "water_inbound_aside_oldest_seconds",
        "Waiting time of the oldest quarantined mail",
        "SELECT coalesce(extract(epoch FROM %(now)s - min(received_at)), 0)"
        " FROM water_inbound_mail WHERE outcome = 'aside'",
        alarm=Alarm(
            "MailsAside",
            3 * 86400,
            _lt("Quarantined customer mails waiting for a decision"),
            "seconds",
            _lt("Have a supervisor review the quarantined mails."),
        ),
    ),
    Figure(
        "water_mailbox_silent_seconds",
        "Since when a mailbox could not be asked for mails, also where Odoo has given it up",
        "SELECT coalesce(max(extract(epoch FROM"
        " %(now)s - least(error_date, coalesce(date, write_date)))), 0) FROM fetchmail_server"
        " WHERE active AND server_type <> 'local' AND (state = 'done' OR error_date IS NOT NULL)",
        alarm=Alarm(
            "MailboxSilent",
            3600,
            _lt("Since when a mailbox of customers could not be asked for mails"),
            "seconds",
            _lt("Test it: Settings › Technical › Incoming Mail Servers, which says why."),
        ),
    ),
)


class WaterAlarm(models.Model):
    """Mails that came and found no case."""

    _inherit = "water.alarm"

    def _figures(self):
        return super()._figures() + FIGURES
