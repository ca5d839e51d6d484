from odoo import api, fields, models
from odoo.exceptions import AccessError

from .water_appeal import DECISIONS


class WaterAppealVote(models.Model):
    """How one member of the company's panel voted on an appeal: once, never changed (E7)."""

    _name = "water.appeal.vote"
    _inherit = ["water.readonly.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Vote on an Appeal"
    _dossier_order = 91
    _dossier = True
    _order = "id"
    _rec_name = "user_id"
    _allow_sudo_commands = False

    appeal_id = fields.Many2one(
        "water.appeal", required=True, readonly=True, index=True, ondelete="restrict"
    )
    complaint_id = fields.Many2one(related="appeal_id.complaint_id", store=True, index=True)
    company_id = fields.Many2one(related="appeal_id.company_id", store=True, index=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    decision = fields.Selection(DECISIONS, string="Vote", required=True, readonly=True)
    note = fields.Text(string="Reasons", readonly=True)

    _once = models.Constraint("UNIQUE (appeal_id, user_id)", "This member has voted already.")

    @api.model
    def _readonly_message(self):
        return self.env._("Members of the panel vote with the button of the appeal.")

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("A vote that was given is not changed."))
