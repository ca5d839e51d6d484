from . import base, ir_http
from . import water_mixin
from . import (
    water_choice_name_mixin,
    water_never_deleted_mixin,
    water_readonly_mixin,
    water_guard_mixin,
    water_chain_mixin,
)
from . import (
    ir_actions_server,
    ir_attachment,
    ir_default,
    ir_embedded_actions,
    ir_filters,
    ir_model_data,
    ir_rule,
    ir_sequence,
    mail_alias,
    res_company,
    res_config_settings,
    res_users,
    water_cached_mixin,
    water_code_mixin,
)
from . import water_setup, water_staff_message
