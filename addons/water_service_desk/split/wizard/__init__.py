from . import water_split_wizard
