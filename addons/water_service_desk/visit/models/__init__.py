from . import mail_template
from . import water_case_visited, water_case_visit_portal, water_visit, water_visit_work
from . import water_visit_change, res_company, res_config_settings, water_case_event
from . import water_deadline
