from . import water_visit_wizard, water_visit_change_wizard
