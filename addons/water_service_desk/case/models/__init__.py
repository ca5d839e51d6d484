from . import water_case_link_mixin, water_category, water_case_mixin
from . import water_case_triage
from . import water_case_display, water_case_event
from . import water_channel, water_department, water_emergency_word, water_stage, water_zone
from . import mail_activity, mail_followers, mail_message, mail_thread
from . import ir_attachment
from . import bus_bus, water_setup
