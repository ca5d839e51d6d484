from . import mail_thread, water_case_mail_gateway, water_mail_door
from . import water_inbound_mail, res_company
from . import res_config_settings
from . import water_alarm, water_setup
