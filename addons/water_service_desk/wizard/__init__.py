from . import water_case_wizard_mixin
from . import water_call_lookup_mixin, water_call
from . import water_contact_wizard, water_dispatch_reject_wizard
from . import water_dispatch_wizard, water_handover_wizard
from . import water_pause_wizard, water_promise_wizard, water_replan_wizard
