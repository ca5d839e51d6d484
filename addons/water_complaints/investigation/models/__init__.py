from . import water_complaint_part_mixin, water_cause, water_evidence, water_evidence_file
from . import water_investigation, water_complaint_demand, water_complaint_conclusion
from . import water_complaint_review, water_complaint_investigation, water_case_event
from . import water_complaint_visited
