from . import water_readback_wizard, water_convert_wizard
