from . import water_external_wizard
