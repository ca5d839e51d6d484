from odoo import fields, models


class WaterAccountEvent(models.Model):
    """That somebody has bound the account is told to its holder."""

    _inherit = "water.account.event"

    kind = fields.Selection(
        selection_add=[("bound", "Account bound by proof")], ondelete={"bound": "cascade"}
    )

    def _news_sentence(self):
        if self.kind != "bound":
            return super()._news_sentence()
        row = self.sudo().delegate_id
        return self.env._(
            "%(name)s has bound your account %(account)s (%(proof)s) and may now act for it.",
            name=row.name_masked,
            account=self.sudo().account_id.code,
            proof=dict(row._fields["proof"]._description_selection(self.env))[row.proof],
        )
