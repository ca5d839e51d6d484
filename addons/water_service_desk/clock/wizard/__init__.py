from . import water_pause_wizard, water_promise_wizard, water_replan_wizard
