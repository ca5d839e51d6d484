from odoo import api, fields, models


class WaterEndWizard(models.TransientModel):
    """A complaint that is the same as another one is merged into it."""

    _inherit = "water.end.wizard"

    how = fields.Selection(
        selection_add=[("merged", "It is the same as another one")],
        ondelete={"merged": "set default"},
    )
    duplicate_of_id = fields.Many2one(
        "water.complaint",
        string="Same as",
        compute="_compute_duplicate_of",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("case_ids")
    def _compute_duplicate_of(self):
        for wizard in self:
            wizard.duplicate_of_id = wizard._cases()[:1].repeat_of_id
