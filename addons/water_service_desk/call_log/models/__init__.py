from . import water_call_record, water_api, res_company, res_config_settings, res_partner
