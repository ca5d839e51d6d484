from . import water_case_mixin, water_api, water_api_reader, ir_model_access, water_api_call
from . import water_api_customer, water_api_entry, water_webhook, water_webhook_delivery
from . import water_webhook_delivery_send, res_company, res_config_settings, water_intake
from . import water_order_import, res_users, ir_http, water_matter_mixin
from . import water_alarm, water_api_steps, water_api_words, water_api_account, water_api_billing
from . import water_api_pages, water_channel, water_message, water_setup, res_groups, res_partner
