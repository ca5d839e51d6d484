from odoo import api, fields, models

from ...base import windows


class WaterCaseMixin(models.AbstractModel):
    """Links to cases above and below, of any type."""

    _inherit = "water.case.mixin"

    related_count = fields.Integer(
        string="Number of Linked Cases", compute="_compute_related_count"
    )

    def _related_domain(self):
        rows = self.env["water.case.relation"]
        ends = (rows._case_field(self._name), rows._parent_field(self._name))
        return ["|", *((name, "in", self._origin.ids) for name in ends)]

    @api.depends_context("uid")
    def _compute_related_count(self):
        rows = self.env["water.case.relation"]
        ends = (rows._case_field(self._name), rows._parent_field(self._name))
        is_any = self._origin._pointed_at_by([rows._fields[end] for end in ends])
        asked = is_any and rows.has_access("read")
        found = rows.search(self._related_domain()) if asked else rows
        for case in self:
            case.related_count = sum(case._origin in (row[ends[0]], row[ends[1]]) for row in found)

    def action_link_case(self):
        """Open the dialog that puts the case above or below another one."""
        self.ensure_one()
        return self._dialog("water.relation.wizard", self.env._("Link with Another Case"))

    def action_open_related(self):
        """Open the cases above and below this one."""
        self.ensure_one()
        title = self.env._("Linked Cases")
        return windows.rows("water.case.relation", title, self._related_domain(), modes="list")
