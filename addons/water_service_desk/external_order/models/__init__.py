from . import water_case_external_order, water_case_again
from . import water_deadline, water_order_import, res_company, res_config_settings
from . import water_case_event
from . import water_channel
