from odoo import api, fields, models

from ...base import windows


class WaterExternalWizard(models.TransientModel):
    """Require a signature before a letter to another body goes out."""

    _inherit = "water.external.wizard"

    to_sign = fields.Char(string="Sign-off", compute="_compute_to_sign")
    can_ask = fields.Boolean(compute="_compute_to_sign", export_string_translation=False)

    @api.depends("kind", "text", "case_ids")
    def _compute_to_sign(self):
        for wizard in self:
            case = wizard._cases()[:1] if wizard.kind == "answer" else None
            missing = case._need_signature("order", wizard.text) if case else []
            wizard.to_sign = str(missing[0]) if missing else False
            waits = case and case._waiting_signature("order", wizard.text)
            wizard.can_ask = bool(missing) and not waits

    @api.model
    def default_get(self, fields):
        """Start with the last version that was signed or waits."""
        values = super().default_get(fields)
        if values.get("kind") == "answer" and values.get("case_ids") and not values.get("text"):
            values["text"] = self.new(values)._cases()[:1]._signed_version("order").body
        return values

    def action_ask_signature(self):
        """Have this answer signed (rights and rule are checked there)."""
        case = self._one()
        self.env["water.sign.off"]._ask(case, "order", self.text)
        return windows.message(
            self.env._("The superior has been asked to sign."), then=windows.CLOSE
        )
