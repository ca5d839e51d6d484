from odoo import api, fields, models


class WaterStaffSignature(models.Model):
    """A member of staff has signed for one version of a standard (S1.5); kept for good."""

    _name = "water.staff.signature"
    _inherit = ["water.readonly.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Signature of a Standard"
    _order = "signed_at desc, id desc"
    _rec_name = "user_id"
    _allow_sudo_commands = False

    document_id = fields.Many2one(
        "water.staff.document", required=True, readonly=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    signed_at = fields.Datetime(required=True, readonly=True)
    version = fields.Integer(readonly=True, aggregator=None)
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)

    _user_uniq = models.Constraint("UNIQUE (document_id, user_id)", "This is signed already.")

    @api.model
    def _readonly_message(self):
        return self.env._("Sign with the button; a signature is not changed.")
