from . import mail_activity_plan, mail_activity_plan_template, mail_activity, water_category
from . import water_case_playbook, water_case_event, water_matter_mixin
