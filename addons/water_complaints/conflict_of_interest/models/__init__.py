from . import water_complaint, water_statement, water_case_event
