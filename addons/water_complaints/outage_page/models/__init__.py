from . import water_incident_affected, water_incident_contact, water_incident_notice
from . import water_incident_tanker, water_incident
from . import water_zone, water_api, res_company, res_config_settings
