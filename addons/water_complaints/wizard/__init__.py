from . import water_call, water_incident_wizard
from . import water_confirm_wizard, water_end_wizard, water_notice_wizard, water_readback_wizard
from . import water_inspection_wizard
from . import water_convert_wizard, water_merge_wizard, water_recusal_wizard
from . import water_report_wizard, water_statement_wizard
