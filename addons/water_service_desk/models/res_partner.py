from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    water_message_medium = fields.Selection(
        [("mail", "Mail"), ("sms", "SMS"), ("wechat", "WeChat"), ("none", "No messages")],
        string="Messages by",
        help="How the customer wants to be told about his cases; empty: by mail where he has an"
        " address, else by WeChat or SMS.",
    )
    water_wechat_openid = fields.Char(
        string="WeChat OpenID",
        copy=False,
        groups="water_service_desk.group_agent,water_service_desk.group_quality",
        help="The customer's identity with the company's official account.",
    )
    # looked up for every ringing telephone
    phone_sanitized = fields.Char(index="btree_not_null")

    #: people are looked up by the beginning of their name, whatever the database's collation
    _water_name_idx = models.Index("(name text_pattern_ops)")
