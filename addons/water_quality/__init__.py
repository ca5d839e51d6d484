from . import service_quality, training, kpi, bulletin, problem
from . import assessment, supervision, satisfaction_survey, wall_display
from .kpi.hooks import forget_quality
