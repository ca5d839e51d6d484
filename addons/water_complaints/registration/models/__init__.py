from . import water_inquiry, water_complaint, water_case_event
