from . import water_account_change, water_account_event, water_account
from . import res_partner, res_partner_bank, res_company, res_config_settings
