from . import water_case_mixin, water_incident, water_incident_repair, water_incident_news
from . import water_incident_cases, water_incident_notice, water_incident_contact, water_inquiry
from . import water_request, res_company, res_config_settings, water_complaint, water_message
from . import water_case_event
