from odoo import api, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.case.endings import NOT_JUDGED_OF_ALL


class WaterDeadline(models.Model):
    """The table of days asks for the limits that were written within an hour."""

    _inherit = "water.deadline"

    _changed_idx = models.Index("USING brin (write_date)")

    @api.model
    def _missed(self):
        """Return the domain of missed limits, also excused ones, of cases that count.

        As in the table of days: a limit saved by an extension approved after its end is missed, and
        withdrawn, merged or unaccepted cases are left out.
        """
        late = Domain("state", "=", "met") & Domain(
            "pause_ids", "any", [("is_approved_late", "=", True)]
        )
        left_out = Domain("complaint_id", "any", [("leaves_figures", "=", True)])
        for link in ("complaint_id", "inquiry_id", "request_id"):
            left_out |= Domain(link, "any", [("state", "in", NOT_JUDGED_OF_ALL)])
        return (Domain("state", "=", "breached") | late) & ~left_out
