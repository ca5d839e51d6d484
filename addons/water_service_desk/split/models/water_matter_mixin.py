from odoo import models
from odoo.exceptions import UserError


class WaterMatterMixin(models.AbstractModel):
    """What was given back when a split was undone has no words, files and clocks any more."""

    _inherit = "water.matter.mixin"

    def _bring_forward(self, original, running):
        """What was split off hurries nothing when it is given back: all is where it was."""
        # sudo: water.case.split - whether it was undone is no secret to who may write the case
        return {} if self.sudo().split_id.undone_at else super()._bring_forward(original, running)

    def _contacts_merged(self):
        """What was merged into it, as far as somebody has turned to us with it."""
        # sudo: as above
        return self.duplicate_ids.filtered(lambda case: not case.sudo().split_id.undone_at)

    def _shareable_clocks(self):
        """What the customer of a merged case was promised is no matter of this one's words."""
        clocks = super()._shareable_clocks()
        return clocks.filtered(lambda row: row._promised_case() == self)

    def _check_unmerging(self):
        super()._check_unmerging()
        # sudo: water.case.split - whether it was undone is no secret to who may write the case
        split = self.sudo().split_id
        if split.undone_at:
            raise UserError(
                self.env._(
                    "%(part)s was given back to %(case)s when its split was undone. If there are"
                    " two matters after all, split %(case)s again.",
                    part=self.name,
                    case=split.case_name,
                )
            )
