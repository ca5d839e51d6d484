from . import water_sign_rule, water_sign_off, water_case_sign_off
from . import water_case_event, water_inquiry, water_request
