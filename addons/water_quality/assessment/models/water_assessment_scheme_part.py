from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.trust import trusted

#: Fields that may change at any time, since no score depends on them.
FREE = frozenset({"name", "active"})


class WaterAssessmentSchemePart(models.AbstractModel):
    """Parts of a scheme, read-only while an assessment is open to objections.

    Otherwise weights, limits and grades could be changed when the people are known. Drafts are
    drawn up again, so that the published scheme counts.
    """

    _name = "water.assessment.scheme.part"
    _description = "Stands Still while Assessments Are Open"

    def _schemes(self):
        """Return the schemes of the rows; heirs implement it."""
        return self.scheme_id

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._schemes()._change()
        return rows

    def write(self, vals):
        if vals.keys() - FREE:
            self._schemes()._change()
        return super().write(vals)

    def unlink(self):
        self._schemes()._change()
        return super().unlink()

    def _change(self):
        self._check_still()
        # sudo: water.assessment - changing the scheme recounts its drafts
        drafts = trusted(self.env["water.assessment"].sudo())
        by_these = [("scheme_id", "in", self.ids), ("state", "=", "draft")]
        drafts.search([*by_these, ("drawn_at", "!=", False)]).drawn_at = False

    def _check_still(self):
        """:raises UserError: for schemes by which an assessment is under way"""
        # sudo: water.assessment - only whether one is open
        open_ = self.env["water.assessment"].sudo()
        states = ("open", "checked")
        open_ = open_.search([("scheme_id", "in", self.ids), ("state", "in", states)], limit=1)
        if open_:
            raise UserError(
                self.env._(
                    "%s is open or checked: the scheme stands still until it is confirmed.",
                    open_.name,
                )
            )
