from . import water_alarm, water_anchor, water_anchor_line, water_chain_mixin
from . import water_anchored_file_mixin, res_config_settings
