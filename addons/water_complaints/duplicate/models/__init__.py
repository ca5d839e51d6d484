from . import res_company, res_config_settings, water_complaint_merge, water_complaint_repeat
