from . import water_decision_mixin
from . import resource_calendar, resource_calendar_attendance, water_calendar_day
from . import water_case_clock, water_counted_limit_mixin
from . import water_escalation_notice, water_standard, water_standard_line
from . import water_escalation_step, water_deadline_pause, water_deadline, water_deadline_pausing
from . import mail_activity
from . import water_deadline_escalating
from . import res_company
from . import water_deadline_dispatch, water_dispatch
from . import res_config_settings, water_stage, water_setup
