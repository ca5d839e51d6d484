from . import (
    water_case_mixin,
    water_api,
    water_api_reader,
    ir_model_access,
    water_api_call,
    water_api_customer,
    water_api_entry,
    water_webhook,
    water_webhook_delivery,
    water_webhook_delivery_send,
    res_company,
    res_config_settings,
)
