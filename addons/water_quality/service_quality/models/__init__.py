from . import res_config_settings
from . import water_hands_mixin, water_agreed_date_mixin
from . import water_complaint, water_inspection_template, water_inspection_item
from . import water_inspection_plan, water_inspection_line, water_inspection
from . import water_improvement
from . import water_drill
from . import water_staff_document, water_staff_signature
