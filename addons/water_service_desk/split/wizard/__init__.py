from . import water_split_wizard, water_unsplit_wizard
