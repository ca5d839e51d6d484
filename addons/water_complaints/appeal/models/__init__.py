from . import water_appeal, water_appeal_review
from . import water_complaint, water_appeal_event, water_appeal_vote
from . import res_company, res_config_settings, water_deadline, water_notice, water_notice_text
from . import water_case_event, water_callback
from . import water_api, water_personal_package
