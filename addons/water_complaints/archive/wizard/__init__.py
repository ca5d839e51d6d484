from . import water_hold_wizard
