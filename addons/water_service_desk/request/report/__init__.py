from . import water_request_notice_report
