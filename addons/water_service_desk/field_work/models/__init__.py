from . import water_field_act, water_visit_acts, water_visit_day, water_dispatch
from . import water_case_event, water_case_field_portal
