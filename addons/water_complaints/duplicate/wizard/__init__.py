from . import water_merge_wizard, water_end_wizard
