from odoo import api, fields, models


class WaterCaseNews(models.Model):
    """Progress news to a customer (进展告知)."""

    _name = "water.case.news"
    _inherit = [
        "water.readonly.mixin",
        "water.never.deleted.mixin",
        "water.case.link.mixin",
        "water.mixin",
    ]
    _description = "Progress News"
    _order = "id desc"
    _rec_name = "case_name"
    _sealed_with_case = True
    _dossier_order = 44
    _dossier = ("at", "user_id", "text")

    at = fields.Datetime(string="Date", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Told by", required=True, readonly=True, ondelete="restrict"
    )
    text = fields.Text(required=True, readonly=True)

    @api.model
    def _readonly_message(self):
        return self.env._("Use the button “Tell How Far It Is”; what was told is not changed.")
