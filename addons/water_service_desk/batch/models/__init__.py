from . import water_case_batch, water_case_types, water_dispatch
