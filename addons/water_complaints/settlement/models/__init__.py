from . import water_resolution, water_resolution_action, water_negotiation, water_complaint
from . import water_case_event
