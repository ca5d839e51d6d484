from . import res_company, res_config_settings, water_social_supervisor, water_improvement
from . import water_supervision_finding
from . import water_inspection, water_inspection_line
