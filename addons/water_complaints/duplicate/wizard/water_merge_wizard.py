from odoo import api, fields, models
from odoo.exceptions import UserError


class WaterMergeWizard(models.TransientModel):
    """Bring several contacts about one matter together, or take them apart again (E5)."""

    _name = "water.merge.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Same Matter"

    how = fields.Selection(
        [
            ("link", "Link: handled and answered side by side"),
            ("merge", "Merge: the other one is handled, both are answered"),
            ("undo", "Undo: it is another matter"),
        ],
        required=True,
        help="Nothing is chosen beforehand: what is merged is told to two customers.",
    )
    similar_ids = fields.Many2many("water.complaint", compute="_compute_similar")
    original_id = fields.Many2one(
        "water.complaint",
        string="Same Matter as",
        compute="_compute_original",
        store=True,
        readonly=False,
        precompute=True,
    )
    same_customer = fields.Boolean(compute="_compute_same_customer")
    reason = fields.Char(string="Why")

    def _complaint(self):
        case = self._cases()[:1]
        if case and case._name != "water.complaint":
            raise UserError(self.env._("Open this dialog from a complaint."))
        return case

    @api.depends("case_ids")
    def _compute_similar(self):
        for wizard in self:
            wizard.similar_ids = wizard._complaint().similar_ids

    @api.depends("case_ids")
    def _compute_original(self):
        """What it is linked to already is merged; nothing else is chosen for anybody."""
        for wizard in self:
            wizard.original_id = wizard._complaint().repeat_of_id

    @api.depends("original_id")
    def _compute_same_customer(self):
        for wizard in self:
            case, original = wizard._complaint(), wizard.original_id
            wizard.same_customer = bool(original) and case._same_customer(original)

    def action_save(self):
        """Link, merge or undo (rights and reasons are checked by the complaint)."""
        case = self._complaint()
        case.ensure_one()
        if self.how == "undo":
            undo = case._unmerge if case.state == "merged" else case._unlink_repeat
            undo(self.reason)
        elif not self.original_id:
            raise UserError(self.env._("Choose the complaint that is about the same matter."))
        elif self.how == "link":
            case._link_repeat(self.original_id, self.reason)
        elif self.how == "merge":
            values = {"duplicate_of_id": self.original_id.id, "end_reason": self.reason}
            case.write({**values, "state": "merged"})
        return {"type": "ir.actions.client", "tag": "soft_reload"}
