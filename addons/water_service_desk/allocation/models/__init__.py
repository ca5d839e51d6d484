from . import water_shift, water_queue, water_zone, water_category
from . import water_case_allocation, water_case_event
