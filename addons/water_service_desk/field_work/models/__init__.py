from . import water_field_act, water_visit, water_dispatch
from . import water_case_event
