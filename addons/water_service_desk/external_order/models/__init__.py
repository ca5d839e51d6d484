from . import water_case_mixin, water_order_import, res_company, res_config_settings
from . import water_case_event
