from . import water_close_wizard
