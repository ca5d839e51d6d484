from . import water_case_mixin, water_case_types, water_dispatch
