from . import water_complaint_matter, water_complaint_repeat, water_complaint_telling
from . import water_notice, water_complaint_conflict, water_complaint_major
