from . import res_partner, res_partner_customer, res_partner_vexatious, water_customer_flag
from . import res_partner_card, water_account, water_case_mixin
from . import water_account_holder, water_setup, water_zone
