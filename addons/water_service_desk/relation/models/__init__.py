from . import water_case_relation, water_case_mixin, water_case_event
