from odoo.http import request, route

from ...complaint.controllers.portal import WaterComplaintPortal


class WaterAppealPortal(WaterComplaintPortal):
    """The customer appeals, or takes his appeal back."""

    @route(
        "/my/complaints/<int:case_id>/<any(appeal,unappeal):action>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
    )
    def complaint_appeal(self, case_id, action, **kw):
        """Appeal against the answer to one complaint, or take the appeal back."""
        return self._water_action("water.complaint", case_id, action, kw)

    def _water_done(self):
        return super()._water_done() | {
            "appeal": request.env._(
                "We have received your appeal. People who had no part in the matter review it."
            ),
            "unappeal": request.env._("You have withdrawn your appeal."),
        }
