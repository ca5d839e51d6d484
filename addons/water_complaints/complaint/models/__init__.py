from . import water_loose_file_mixin, water_case_event, water_case_link_mixin, water_department
from . import water_category, water_complaint, water_complaint_portal, water_complaint_display
from . import water_complaint_follow, water_complaint_requirement, water_complaint_guard
from . import water_steps_mixin, water_case_relation, water_queue
from . import water_alarm
