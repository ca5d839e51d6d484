from . import ir_rule, mail_activity, res_users, res_partner, water_sent_mixin
from . import water_case_ownership, water_case_department, water_case_deputy
from . import water_case_own_matter, water_case_own_matter_known
from . import water_case_on_call
from . import water_case_bounce, water_dispatch_reason, water_case_link_mixin, water_dispatch
from . import water_dispatch_accepting, water_dispatch_waiting, water_dispatch_arrival
from . import water_case_report, water_account
from . import water_department
