from . import water_callback_wizard
