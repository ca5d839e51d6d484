from . import water_complaint_escalation, water_complaint_major, water_deadline, water_case_event
