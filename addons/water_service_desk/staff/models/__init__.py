from . import water_wording_mixin, water_forbidden_phrase, water_phrase_hit, water_skill
from . import water_skill_user, water_case_staff, water_category, mail_message
