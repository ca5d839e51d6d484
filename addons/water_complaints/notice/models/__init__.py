from . import ir_actions_report, water_complaint, water_notice, water_notice_delivery
from . import water_notice_text, water_message, res_company, res_config_settings
from . import water_complaint_portal
