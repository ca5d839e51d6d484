from odoo import api, fields, models
from odoo.fields import Domain

from ...base.true_only import true_only

#: A department sees a case as long as one of its dispatches is in such a state.
SEEN_STATES = ("sent", "accepted", "finished")


class WaterSentMixin(models.AbstractModel):
    """A record that the departments it was sent to may see.

    They are kept in one column, ``,3,17,``, which lies in the indexes of boards and lists: a
    department's board is counted without a look at the dispatches of all years.
    """

    _name = "water.sent.mixin"
    _description = "Shown to the Departments It Was Sent to"

    sent_to = fields.Char(
        string="Departments That See It",
        readonly=True,
        copy=False,
    )
    is_sent_to_me = fields.Boolean(
        compute="_compute_is_sent_to_me",
        search="_search_is_sent_to_me",
    )

    @api.depends("sent_to")
    @api.depends_context("uid")
    def _compute_is_sent_to_me(self):
        mine = [f",{department.id}," for department in self.env.user.water_department_ids]
        for record in self:
            # sudo: asked by the rule itself; the value is kept for the reader, not for the system
            sent_to = record.sudo().sent_to or ""
            record.is_sent_to_me = any(part in sent_to for part in mine)

    @api.model
    @true_only
    def _search_is_sent_to_me(self):
        mine = self.env.user.water_department_ids.ids
        return Domain.OR(Domain("sent_to", "like", f",{id_},") for id_ in mine)


def departments_of(dispatches):
    """The column ``sent_to`` of a case with these dispatches."""
    seen = dispatches.filtered(lambda row: row.state in SEEN_STATES).department_id
    return f",{','.join(map(str, sorted(seen.ids)))}," if seen else False
