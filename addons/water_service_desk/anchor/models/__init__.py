from . import (
    water_alarm,
    water_anchor,
    water_anchor_line,
    water_anchor_keeping,
    water_chain_mixin,
    water_anchored_file_mixin,
    res_config_settings,
)
