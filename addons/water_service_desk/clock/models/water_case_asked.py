from odoo import api, fields, models

from ...base import windows


class WaterCaseMixin(models.AbstractModel):
    """What was asked for the time limits of a case and waits: it stands on the case itself."""

    _inherit = "water.case.mixin"

    asked_limits = fields.Text(
        compute="_compute_asked_limits",
        help="Pauses and extensions to decide: from when to when, asked by whom, decided by whom.",
    )

    @api.depends("deadline_ids.pause_ids.state")
    @api.depends_context("uid", "lang", "tz")
    def _compute_asked_limits(self):
        for case in self:
            asked = case._asked_pauses().with_env(case.env).sudo()
            case.asked_limits = "\n".join(pause._worded_request() for pause in asked)

    def _asked_pauses(self):
        """Pauses and extensions that wait for a decision, the oldest first."""
        clocks = self._origin.deadline_ids.filtered(lambda clock: clock.state == "running")
        if not clocks:
            return self.env["water.deadline.pause"]
        # sudo: water.deadline.pause - whoever reads the case is told what its limits wait for
        rows = self.env["water.deadline.pause"].sudo()
        asked = [("deadline_id", "in", clocks.ids), ("state", "=", "requested")]
        return rows.search(asked, order="id")

    def action_open_asked_limits(self):
        """Open what was asked for, where it is decided; rights are those of the list."""
        self.ensure_one()
        title, clocks = self.env._("Pauses and Extensions"), self.deadline_ids
        of_case = [("deadline_id", "in", clocks.ids)]
        return windows.rows("water.deadline.pause", title, of_case, modes="list")
