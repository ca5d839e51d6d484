from . import (
    water_case_mixin,
    water_account,
    water_account_delegate,
    water_account_delegate_tell,
    water_account_delegate_portal,
    water_account_event,
    res_partner,
    res_company,
    res_config_settings,
    water_case_event,
)
