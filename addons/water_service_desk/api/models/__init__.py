from . import water_case_api, water_api, ir_model_access, water_api_call
from . import water_api_customer, water_api_entry, water_webhook, water_webhook_delivery
from . import res_company, res_config_settings
from . import res_users, ir_http
from . import water_alarm, water_api_account
from . import water_channel, water_message, water_setup, res_groups, res_partner
