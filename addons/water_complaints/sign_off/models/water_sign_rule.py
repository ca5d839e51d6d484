from odoo import api, models


class WaterSignRule(models.Model):
    """Rules of signing (签发), whose changes another manager confirms.

    Otherwise a manager could remove a rule, answer unsigned, and put it back.
    """

    _name = "water.sign.rule"
    _inherit = ["water.sign.rule", "water.watched.setting.mixin", "water.never.deleted.mixin"]
    _watched = (
        *("active", "sequence", "company_id", "what", "category_ids", "severity", "channel_ids"),
        *("signer", "person_id", "deputy_ids"),
    )

    @api.model
    def _never_deleted_message(self):
        return self.env._("A rule of signing is never deleted; archive it instead.")
