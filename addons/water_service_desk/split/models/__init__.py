from . import water_case_split, water_case_mixin, water_case_undoing, water_case_event
from . import water_matter_mixin, water_case_erasure
