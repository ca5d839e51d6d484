from . import res_partner, res_partner_vexatious, water_customer_flag, water_account
from . import water_account_holder
