from . import water_inquiry, water_complaint, water_complaint_representative, water_case_event
