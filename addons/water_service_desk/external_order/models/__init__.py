from . import water_case_mixin, water_case_limit, water_case_verdict, water_case_again
from . import water_deadline, water_order_import, res_company, res_config_settings
from . import water_case_event
from . import water_case_signing, water_channel
