from . import (
    water_choice_name_mixin,
    water_kept_mixin,
    water_guard_mixin,
    water_chain_mixin,
    ir_attachment,
    ir_sequence,
    res_company,
    res_config_settings,
    water_cached_mixin,
    water_staff_message,
)
