from . import water_case_split, water_case_splitting, water_case_event
