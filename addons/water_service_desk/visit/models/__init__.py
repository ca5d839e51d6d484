from . import (
    water_case_visited,
    water_case_visit_portal,
    water_visit,
    water_visit_work,
    water_visit_change,
    res_company,
    res_config_settings,
    water_case_event,
    water_deadline,
)
