from . import res_config_settings
from . import water_loose_file_mixin, water_case_event, water_case_link_mixin, water_department
from . import water_category, water_complaint
from . import water_steps_mixin, water_case_relation, water_queue
from . import water_alarm
