from . import water_incident
