from . import water_case_news, water_case_progress_news, water_case_event
