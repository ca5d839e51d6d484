from . import water_code, water_billed_mixin, water_account_bill, water_account_reading
from . import water_account
from . import water_account_delegate, water_account_event, res_users, res_company
from . import res_config_settings, res_partner, ir_http
