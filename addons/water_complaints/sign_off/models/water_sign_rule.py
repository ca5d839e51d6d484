from odoo import api, models


class WaterSignRule(models.Model):
    """Rules of signing are changed by two: whoever keeps them also writes what is signed by them.

    A manager who takes a rule away, answers, and puts it back would sign for himself (签发).
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
