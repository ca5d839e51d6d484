from . import water_complaint_part_mixin, water_cause, water_evidence
from . import water_investigation, water_complaint_demand, water_complaint
from . import water_case_event
