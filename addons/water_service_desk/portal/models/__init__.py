from . import res_partner, water_portal_list_mixin, water_case_portal_page
from . import water_case_portal, res_company, res_config_settings, ir_http, water_case_event
from . import water_intake
