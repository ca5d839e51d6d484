from . import water_compensation_form_report
