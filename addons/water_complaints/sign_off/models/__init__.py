from . import water_setting_change, water_watched_setting_mixin
from . import water_sign_rule
