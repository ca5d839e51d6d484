from . import ir_actions_report, res_company, res_config_settings, water_letter_mixin
