from . import water_work_order_report
