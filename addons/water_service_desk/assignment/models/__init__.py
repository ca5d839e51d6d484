from . import ir_rule, mail_activity, res_users, res_partner, water_sent_mixin
from . import water_case_assignment, water_case_deputy
from . import water_dispatch_reason, water_case_link_mixin, water_dispatch
from . import water_account
from . import water_department
