from . import water_case_news, water_case_progress_news, water_case_event, water_matter_mixin
