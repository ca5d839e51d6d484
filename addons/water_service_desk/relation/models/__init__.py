from . import water_case_relation, water_case_relating, water_case_event
