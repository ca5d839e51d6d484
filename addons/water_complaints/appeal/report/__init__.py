from . import water_notice_report
