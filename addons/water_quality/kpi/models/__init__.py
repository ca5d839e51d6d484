from . import water_any_case, water_call_statistic, water_base_figure, water_deadline_pause
from . import water_case_kpi, water_inquiry, water_request
from . import water_deadline, water_dispatch, water_callback
from . import water_kpi
from . import water_kpi_target, water_kpi_line, water_kpi_sheet
from . import water_fact, water_kpi_addendum
from . import spreadsheet_dashboard_share
