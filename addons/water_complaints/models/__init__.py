from . import (
    ir_actions_report,
    water_case_event,
    water_case_link_mixin,
    water_cause,
    water_complaint_display_mixin,
    water_complaint_follow_mixin,
    water_complaint_guard_mixin,
    water_complaint_portal_mixin,
    water_complaint_requirement_mixin,
    water_complaint,
    water_notice,
    water_message,
)
