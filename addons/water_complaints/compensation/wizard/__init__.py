from . import water_compensation_wizard, water_entitlement_wizard, water_exemption_refuse_wizard
from . import account_payment_register
