from . import water_case_delegation, water_account, water_account_delegate
from . import water_account_event, res_partner, res_company
from . import res_config_settings, water_case_event
