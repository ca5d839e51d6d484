from . import water_compensation_profile, water_compensation_rule
from . import water_compensation_words_mixin, water_compensation_exemption_code, res_company
from . import res_config_settings, water_account, water_setup
