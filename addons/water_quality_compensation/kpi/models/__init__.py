from . import water_kpi
