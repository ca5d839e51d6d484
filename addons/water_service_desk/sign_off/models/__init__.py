from . import water_sign_rule, water_sign_off, water_sign_deciding, water_case_mixin
from . import water_case_event, water_inquiry, water_request
