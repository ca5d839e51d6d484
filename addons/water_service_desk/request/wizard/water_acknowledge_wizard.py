from odoo import api, fields, models
from odoo.exceptions import UserError


class WaterAcknowledgeWizard(models.TransientModel):
    """Keep the customer's signature under the notice, taken at the counter (S2.3.2b)."""

    _name = "water.acknowledge.wizard"
    _inherit = ["water.request.wizard.mixin"]
    _description = "Notice Signed at the Counter"

    name = fields.Char(
        string="Signed by",
        required=True,
        compute="_compute_name",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    signature = fields.Binary(attachment=False)

    @api.depends("case_ids")
    def _compute_name(self):
        for wizard in self:
            case = wizard._cases()[:1]
            wizard.name = case._reads_contact() and case.sudo().contact_name

    def action_acknowledge(self):
        """Keep who has signed, who took it, and when.

        :raises UserError: before a notice was handed out, or by people without the right
        """
        case = self._request()
        case.check_access("write")
        case._check_clerk()
        notice = case.sudo().notice_ids.filtered(lambda row: row.kind == "instruction")
        if not notice:
            raise UserError(self.env._("Issue the notice first."))
        notice.with_env(self.env)._acknowledge("counter", self.name, self.signature)
        return {"type": "ir.actions.act_window_close"}
