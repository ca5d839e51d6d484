from . import water_case_callback
from . import water_callback_script, water_callback_question
from . import water_callback_choice, water_callback_retry, water_callback
from . import water_callback_answer, water_callback_attempt, res_company
from . import res_config_settings, water_case_event, water_deadline
