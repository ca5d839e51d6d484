from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Command

from odoo.addons.water_service_desk.base.trust import trusted


class WaterHandsMixin(models.AbstractModel):
    """Records who had a part in a piece of work, also before it was reassigned.

    A judge must have had none: reassigning the work first makes no one neutral.
    """

    _name = "water.hands.mixin"
    _inherit = ["water.steps.mixin"]
    _description = "Who Was Involved"

    #: editing one of these fields counts as a part in the work
    _work_fields = frozenset()

    hand_ids = fields.Many2many(
        "res.users",
        string="Involved",
        readonly=True,
        copy=False,
        help="Anyone who worked on it, or owned it while it was in progress, cannot judge it.",
    )

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if names & self._work_fields:
            self._keep_hands()
        if "owner_id" in names:
            begun = self.filtered(lambda row: row.state != "open")
            begun._keep_hands(begun.owner_id)

    def _keep_hands(self, people=None):
        people = (self.env.user if people is None else people).sudo()
        for row in trusted(self.sudo()):
            fresh = people.filtered(lambda user: user.id != SUPERUSER_ID) - row.hand_ids
            if fresh:
                row.hand_ids = [Command.link(user.id) for user in fresh]

    @api.model
    def _hands_of(self, rows):
        # sudo: people alone, who are to be kept out
        return rows.sudo().owner_id | rows.sudo().hand_ids
