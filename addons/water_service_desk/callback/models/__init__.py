from . import water_case_mixin, water_case_handlers, water_case_wish
from . import water_callback_script, water_callback_question
from . import water_callback_choice, water_callback_retry, water_callback, water_callback_talk
from . import (
    water_callback_again,
    water_callback_queue,
    water_callback_answer,
    water_callback_attempt,
    res_company,
)
from . import res_config_settings, water_case_event, water_deadline
