from odoo.http import request, route

from ...complaint.controllers.portal import WaterComplaintPortal


class WaterComplaintAnswerPortal(WaterComplaintPortal):
    """The customer confirms the result and rates it, or rejects it."""

    @route(
        "/my/complaints/<int:case_id>/<any(confirm,contest):action>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
    )
    def complaint_answer(self, case_id, action, **kw):
        """Confirm or reject the result of one complaint."""
        return self._water_action("water.complaint", case_id, action, kw)

    def _water_done_of(self, case, action):
        low = action == "confirm" and case._is_dissatisfied()
        return "confirm_low" if low else super()._water_done_of(case, action)

    def _water_done(self):
        return super()._water_done() | {
            "confirm": request.env._("Thank you for your confirmation and your rating."),
            "confirm_low": request.env._(
                "We have kept your rating and are sorry that you are not satisfied. A supervisor"
                " looks at it within one working day and tells you what follows."
            ),
            "contest": request.env._("We are sorry. We take the matter up again."),
        }
