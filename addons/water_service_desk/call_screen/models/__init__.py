from . import res_company, res_config_settings, water_case_mixin, water_category
