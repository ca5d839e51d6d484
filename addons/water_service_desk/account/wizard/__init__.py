from . import water_vexatious_wizard
