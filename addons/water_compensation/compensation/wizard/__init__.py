from . import water_compensation_wizard, water_entitlement_wizard
