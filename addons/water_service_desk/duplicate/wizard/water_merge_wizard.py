from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.tables import table


class WaterMergeWizard(models.TransientModel):
    """Bring several contacts about one matter together, or take them apart again (E5)."""

    _name = "water.merge.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Same Matter"

    #: {case type: (field of the original, field of similar cases)}; the tables of rooms add up
    _fields_of = {
        "water.inquiry": ("original_inquiry_id", "similar_inquiry_ids"),
        "water.request": ("original_request_id", "similar_request_ids"),
    }

    how = fields.Selection(
        [
            ("link", "Link: handled and answered side by side"),
            ("merge", "Merge: the other one is handled, both are answered"),
            ("undo", "Undo: it is another matter"),
        ],
        required=True,
        help="Nothing is preselected, because two customers will be told about the merged case.",
    )
    similar_inquiry_ids = fields.Many2many("water.inquiry", compute="_compute_similar")
    similar_request_ids = fields.Many2many("water.request", compute="_compute_similar")
    original_inquiry_id = fields.Many2one(
        "water.inquiry",
        string="Same Inquiry as",
        compute="_compute_original",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    original_request_id = fields.Many2one(
        "water.request",
        string="Same Request as",
        compute="_compute_original",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    same_customer = fields.Boolean(compute="_compute_same_customer")
    reason = fields.Char(string="Why")

    def _case(self):
        case = self._cases()[:1]
        if case and "duplicate_of_id" not in case._fields:
            raise UserError(self.env._("Open this dialog from a case."))
        return case

    def _original(self):
        return self[table(self, "_fields_of")[self.case_model][0]]

    @api.depends("case_ids")
    def _compute_similar(self):
        for wizard in self:
            case = wizard._case()
            for model, (_original, similar) in table(self, "_fields_of").items():
                wizard[similar] = case.similar_ids if model == case._name else False

    @api.depends("case_ids")
    def _compute_original(self):
        """Propose the linked original; others are chosen by the user."""
        for wizard in self:
            case = wizard._case()
            for model, (original, _similar) in table(self, "_fields_of").items():
                wizard[original] = case.repeat_of_id if model == case._name else False

    @api.depends(lambda self: tuple(pair[0] for pair in table(self, "_fields_of").values()))
    def _compute_same_customer(self):
        for wizard in self:
            case, original = wizard._case(), wizard._original()
            wizard.same_customer = bool(original) and case._same_customer(original)

    def action_save(self):
        """Link, merge or undo (rights and reasons are checked by the case)."""
        case, original = self._case() or self._one(), self._original()
        if self.how == "undo":
            undo = case._unmerge if case.state == "merged" else case._unlink_repeat
            undo(self.reason)
        elif not original:
            raise UserError(self.env._("Choose the case that is about the same matter."))
        elif self.how == "link":
            case._link_repeat(original, self.reason)
        elif self.how == "merge":
            values = {"duplicate_of_id": original.id, "end_reason": self.reason}
            case.write({**values, "state": "merged"})
        return {"type": "ir.actions.client", "tag": "soft_reload"}
