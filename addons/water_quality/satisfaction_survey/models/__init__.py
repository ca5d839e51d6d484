from . import water_satisfaction_survey, water_satisfaction_survey_line
from . import water_case_satisfaction_survey
