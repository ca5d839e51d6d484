from . import water_hold_wizard, water_refusal_wizard
