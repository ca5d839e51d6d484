from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.trust import trusted

#: What may change at any time: it decides on nothing that is under way.
FREE = frozenset({"name", "active"})


class WaterAssessmentSchemePart(models.AbstractModel):
    """A scheme and what belongs to it stand still while an assessment is open to objections.

    Weights, limits and grades that are changed between publication and confirmation would decide
    about people who are known by then. A draft is drawn up anew, so that what is published is what
    counts.
    """

    _name = "water.assessment.scheme.part"
    _description = "Stands Still while Assessments Are Open"

    def _schemes(self):
        """The schemes to which the rows belong; heirs know how."""
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
        """The schemes may change, and drafts by them are drawn up anew.

        :raises UserError: for schemes by which an assessment is under way
        """
        self._check_still()
        # sudo: water.assessment - whoever may change the scheme changes what was counted by it
        drafts = trusted(self.env["water.assessment"].sudo())
        by_these = [("scheme_id", "in", self.ids), ("state", "=", "draft")]
        drafts.search([*by_these, ("drawn_at", "!=", False)]).drawn_at = False

    def _check_still(self):
        """:raises UserError: for schemes by which an assessment is under way"""
        # sudo: water.assessment - whether there is one, whoever may see it
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
