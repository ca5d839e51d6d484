from . import mail_thread, water_case_mixin, water_mail_door, water_mail_thread
from . import water_inbound_mail, res_company
from . import res_config_settings
from . import water_alarm, water_setup
