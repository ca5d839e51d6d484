from . import water_call, water_incident_wizard
from . import water_confirm_wizard, water_end_wizard, water_notice_wizard, water_readback_wizard
from . import water_inspection_wizard
from . import water_strike_wizard
from . import water_hold_wizard
