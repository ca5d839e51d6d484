from . import ir_http, water_upload_mixin, water_scanned_mixin, water_case_intake
from . import res_partner
from . import water_attempt, water_filing_draft, water_intake, res_company
from . import res_config_settings, water_case_event, ir_attachment, ir_module_module, res_users
from . import water_alarm
