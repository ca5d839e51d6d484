from . import (
    water_incident_kind,
    water_category,
    water_case_mixin,
    water_case_ending,
    water_case_late,
    water_case_joining,
    water_case_promise,
)
from . import water_incident, water_incident_plan, water_incident_repair, water_incident_news
from . import water_incident_expectation
from . import water_incident_quality, water_incident_planned, water_incident_cases
from . import water_incident_called_off
from . import water_incident_ending, water_outage_minutes, water_incident_notice
from . import water_incident_contact, water_incident_call, water_incident_audience
from . import water_inquiry, water_request
from . import water_incident_makers
from . import res_company, res_config_settings, water_complaint, water_message, water_case_event
from . import water_matter_mixin
