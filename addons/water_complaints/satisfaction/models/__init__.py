from . import water_complaint, water_satisfaction_review, res_company, res_config_settings
from . import water_deadline, water_case_event
