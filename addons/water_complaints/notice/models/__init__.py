from . import ir_actions_report, water_complaint, water_notice
from . import water_notice_text, water_message, res_company, res_config_settings
