from . import water_sign_rule
