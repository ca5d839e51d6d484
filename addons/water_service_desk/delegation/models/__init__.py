from . import res_users
from . import water_case_mixin, water_account, water_account_delegate, water_account_delegate_tell
from . import water_account_delegate_portal, water_account_event, res_partner, res_company
from . import res_config_settings, water_case_event, water_account_delegate_proof
