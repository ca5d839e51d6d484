from . import resource_calendar, resource_calendar_attendance, water_calendar_day
from . import water_case_promise, water_counted_limit_mixin
from . import water_escalation_notice, water_standard, water_standard_line, water_case_mixin
from . import water_escalation_step, water_deadline_pause, water_deadline, water_deadline_pausing
from . import water_deadline_extending, water_deadline_following, water_deadline_warning
from . import water_deadline_todos, mail_activity
from . import water_deadline_escalating, water_deadline_sweep, water_deadline_duty
from . import water_deadline_display, res_company
from . import water_case_urging, water_deadline_breach, water_deadline_dispatch, water_dispatch
from . import res_config_settings, water_stage, water_case_waiting, water_setup
from . import water_deadline_gain, water_hours_change, water_case_asked
