from . import res_partner, water_customer_flag
from . import water_account
from . import water_account_holder, water_setup, water_zone
