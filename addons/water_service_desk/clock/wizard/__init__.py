from . import water_breach_wizard, water_first_run_wizard
from . import water_pause_wizard, water_promise_wizard, water_refusal_wizard
from . import water_replan_wizard
