from . import water_external_wizard, water_refusal_wizard
