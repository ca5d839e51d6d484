from . import res_company, res_config_settings, water_case_call_screen, water_category
