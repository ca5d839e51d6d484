from . import water_privacy_log, water_customer, water_customer_cases, water_customer_around
from . import water_account, res_partner, water_case_mixin
