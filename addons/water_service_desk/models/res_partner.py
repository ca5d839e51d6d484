from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    # looked up for every ringing telephone
    phone_sanitized = fields.Char(index="btree_not_null")

    #: people are looked up by the beginning of their name, whatever the database's collation
    _water_name_idx = models.Index("(name text_pattern_ops)")
