from . import water_inquiry, water_case_link_mixin
from . import discuss_channel, water_alarm, water_deadline
