from . import water_privacy_log, water_customer
from . import water_account, res_partner, water_case_customer
