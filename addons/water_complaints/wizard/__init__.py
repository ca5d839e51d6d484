from . import water_call, water_incident_wizard
from . import water_confirm_wizard, water_end_wizard, water_notice_wizard, water_readback_wizard
from . import water_compensation_wizard, water_inspection_wizard
from . import water_entitlement_wizard, water_exemption_refuse_wizard
from . import water_strike_wizard
from . import water_appeal_wizard, water_delivery_wizard, water_escalate_wizard, water_review_wizard
from . import water_hold_wizard
