from . import water_merge_wizard
