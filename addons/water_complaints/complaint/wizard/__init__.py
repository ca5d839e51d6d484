from . import water_end_wizard
