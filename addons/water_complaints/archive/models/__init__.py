from . import ir_sequence, mail_message, water_dossier, water_archive
from . import water_destruction
from . import water_destruction_line, water_complaint
from . import ir_attachment_archived
from . import res_company, res_config_settings, water_case_event
from . import ir_module_module, water_alarm
