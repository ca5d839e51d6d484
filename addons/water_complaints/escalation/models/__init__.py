from . import water_complaint_escalation, water_complaint_major
