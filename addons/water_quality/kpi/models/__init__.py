from . import water_any_case, water_call_statistic, water_base_figure, water_deadline_pause
from . import water_case_mixin, water_complaint, water_inquiry, water_request
from . import water_deadline, water_dispatch, water_callback
from . import water_kpi, water_kpi_counting
from . import water_kpi_target, water_kpi_line, water_kpi_sheet, water_kpi_sealing
from . import (
    water_fact,
    water_fact_live,
    water_kpi_addendum,
    water_kpi_line_table,
    water_kpi_sheet_missing,
    water_kpi_sheet_output,
    water_kpi_sheet_table,
)
from . import spreadsheet_dashboard_share
