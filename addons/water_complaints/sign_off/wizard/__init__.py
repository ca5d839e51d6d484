from . import water_refusal_wizard
