from . import (
    water_case_event,
    water_case_link_mixin,
    water_complaint_follow_mixin,
    water_complaint_requirement_mixin,
    water_complaint,
    water_notice,
)
