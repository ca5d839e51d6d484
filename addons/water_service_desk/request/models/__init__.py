from . import water_guide_part_mixin, water_guide_material, water_guide_step, water_guide_fee
from . import water_guide, water_request_reason, water_request_material, water_request_notice
from . import water_request_decision, water_request_feedback, water_request, water_request_portal
from . import water_request_noticing
from . import ir_actions_report, water_case_event
from . import water_request_step, water_deadline, water_case_link_mixin, water_alarm
