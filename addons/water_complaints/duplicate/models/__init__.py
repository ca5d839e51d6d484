from . import water_inquiry, water_complaint
from . import water_notice
