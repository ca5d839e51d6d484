from . import water_incident_wizard
