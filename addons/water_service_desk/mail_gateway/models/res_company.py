from odoo import fields, models


class ResCompany(models.Model):
    """Limits of incoming mails."""

    _inherit = "res.company"

    water_mail_flood = fields.Integer(
        string="Mails per Sender and Hour",
        default=10,
        help="More mails of one sender within an hour are quarantined. 0: no limit.",
    )
    water_mail_max_mb = fields.Integer(
        string="Largest Mail", default=30, help="Megabytes; larger mails are quarantined."
    )
    water_mail_spam_score = fields.Float(
        string="Spam Score",
        default=5.0,
        help="Mails with at least this score of the mail server are quarantined. 0: only those it"
        " has marked as spam.",
    )
    water_mail_keep_days = fields.Integer(
        string="Quarantined Mail",
        default=30,
        help="Days after which incoming mails that became no case are deleted.",
    )

    _water_mails = models.Constraint(
        "CHECK (water_mail_flood >= 0 AND water_mail_keep_days > 0"
        " AND water_mail_max_mb BETWEEN 1 AND 100 AND water_mail_spam_score >= 0)",
        "Limits of mails must not be negative, and a mail has 1 to 100 MB.",
    )
