from . import water_incident_kind, water_category, water_case_incident
from . import water_incident, mail_activity_plan_template, water_incident_news
from . import water_incident_planned, water_incident_cases
from . import water_outage_minutes, water_incident_notice
from . import water_incident_contact
from . import water_inquiry, water_request
from . import res_company, res_config_settings, water_complaint, water_message, water_case_event
from . import water_matter_mixin
