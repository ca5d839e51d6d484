from . import ir_http, water_upload_mixin, water_case_filing, water_case_query_code, water_attempt
from . import water_filing_draft, water_intake, res_company, res_config_settings, water_case_event
from . import ir_attachment, res_users
