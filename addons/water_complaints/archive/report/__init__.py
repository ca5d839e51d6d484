from . import water_destruction_report
