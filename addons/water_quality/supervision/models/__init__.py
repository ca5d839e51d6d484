from . import res_company, res_config_settings, water_social_supervisor, water_improvement
from . import water_supervision_finding, water_supervision_finding_steps
from . import water_supervision_finding_watch, water_supervision_finding_portal
from . import water_inspection, water_inspection_line, water_inspection_visit
