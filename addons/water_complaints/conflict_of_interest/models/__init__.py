from . import water_complaint, water_complaint_own_unit, water_statement, water_case_event
