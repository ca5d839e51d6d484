from . import water_letter_report_mixin
