from . import mail_template
from . import water_case_visit, water_visit
from . import water_visit_change, res_company, res_config_settings, water_case_event
from . import water_deadline
