from . import (
    water_case_mixin,
    water_incident,
    water_incident_repair,
    water_incident_news,
    water_incident_cases,
    water_incident_notice,
    water_incident_contact,
    water_inquiry,
    water_request,
    res_company,
    res_config_settings,
)
