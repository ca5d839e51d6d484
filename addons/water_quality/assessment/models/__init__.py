from . import water_assessment_scheme_part
from . import water_assessment_scheme, water_assessment_item
from . import water_assessed_mixin, water_assessment, water_assessment_line, water_assessment_entry
from . import water_assessment_finding
from . import water_assessment_objection, water_assessment_addendum
from . import water_false_completion, water_complaint, water_deadline
from . import water_case_assessment
