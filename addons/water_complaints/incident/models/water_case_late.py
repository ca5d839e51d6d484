from odoo import api, fields, models
from odoo.exceptions import UserError


class WaterCaseMixin(models.AbstractModel):
    """After the announced end of planned work a missing supply is another matter (OT05).

    The pick-up screen says so while the agent types; cases of all other doors, and those that came
    before, are proposed the category on their form.
    """

    _inherit = "water.case.mixin"

    late_category_id = fields.Many2one(
        "water.category",
        string="Proposed Category",
        compute="_compute_late_category",
        help="What the case is about now that planned work takes longer than announced.",
    )

    @api.depends("incident_id", "category_id", "state")
    def _compute_late_category(self):
        for case in self:
            # sudo: water.incident - until when it was announced is told to everybody
            late = case.sudo().incident_id
            proposed = late._late_category_for(case.category_id)
            case.late_category_id = case.state not in case._final_states and proposed.id

    def action_set_late_category(self):
        """Take over the proposed category; its crew is awaited from now on.

        :raises UserError: where nothing is proposed
        """
        self.check_access("write")
        for case in self:
            category = case.late_category_id
            if not category:
                raise UserError(self.env._("The announced end is not past, or it is about more."))
            case.category_id = category
            case._await_crew()
        return True
