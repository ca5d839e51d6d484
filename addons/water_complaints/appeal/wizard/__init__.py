from . import water_appeal_wizard
