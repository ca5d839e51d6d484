from . import kpi
from .kpi.hooks import leave_counted, take_up_counted
