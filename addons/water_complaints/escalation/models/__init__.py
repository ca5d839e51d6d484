from . import water_complaint, water_deadline, water_case_event
