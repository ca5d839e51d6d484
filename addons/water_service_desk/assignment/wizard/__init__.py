from . import water_dispatch_reject_wizard, water_dispatch_wizard, water_handover_wizard
from . import water_deputy_wizard
