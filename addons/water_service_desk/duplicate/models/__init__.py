from . import water_matter_mixin, water_matter_merging
from . import water_inquiry, water_request
from . import water_deadline, water_case_event, res_company, res_config_settings
