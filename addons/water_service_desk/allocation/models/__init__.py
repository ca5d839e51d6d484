from . import water_shift, water_queue, water_queue_allocating, water_zone, water_category
from . import water_department
from . import water_case_mixin, water_case_event
