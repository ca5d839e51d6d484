from odoo import api, fields, models

from ...base import windows


class WaterCaseSplit(models.Model):
    """Record of a case that was split in two: how it was shared out, and its former text."""

    _name = "water.case.split"
    _inherit = ["water.readonly.mixin", "water.case.link.mixin", "water.mixin"]
    _description = "Split of a Case"
    _order = "id desc"
    _rec_name = "part_number"
    _allow_sudo_commands = False
    _sealed_with_case = True
    _dossier_order = 76
    _dossier = ("at", "user_id", "reason", "part_number")

    at = fields.Datetime(string="Date", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Split by", required=True, readonly=True, ondelete="restrict"
    )
    reason = fields.Char(required=True, readonly=True)
    part_number = fields.Char(string="New Case", readonly=True)
    verbatim_before = fields.Text(
        string="The Whole Words", readonly=True, help="As spoken, before they were shared out."
    )
    description_before = fields.Text(string="The Whole Summary", readonly=True)

    @api.model
    def _readonly_message(self):
        return self.env._("A case is split by the button “Split in Two”.")

    def _part(self):
        # sudo: case - found by the row of the case that it was split from
        return self._case().sudo().search([("split_id", "=", self.id)], limit=1)

    def action_open_part(self):
        """Open the case that was split off (its own access rules apply)."""
        self.ensure_one()
        self.check_access("read")
        part = self._part().with_env(self.env)
        part.check_access("read")
        return windows.form(part)
