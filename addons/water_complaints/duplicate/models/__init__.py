from . import res_company, res_config_settings
from . import water_complaint_merge, water_complaint_mirror, water_complaint_repeat
from . import water_visit, water_notice, water_case_event
