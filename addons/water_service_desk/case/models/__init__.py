from . import water_case_link_mixin, water_category, water_case_mixin, water_case_audit
from . import water_case_transition, water_case_guard, water_case_triage, water_case_closing
from . import water_case_rows, water_case_display, water_case_naming, water_case_event
from . import water_channel, water_department, water_emergency_word, water_stage, water_zone
from . import mail_activity, mail_followers, mail_message, mail_thread, water_case_thread
from . import water_case_views, water_case_births, water_case_todos, ir_attachment
from . import bus_bus, water_case_columns, water_setup
