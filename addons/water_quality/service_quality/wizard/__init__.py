from . import water_inspection_wizard
