from . import water_strike_wizard
