from . import water_maker_mixin
from . import (
    water_incident_kind,
    water_case_mixin,
    water_matter_mixin,
    water_incident_entry,
    water_incident_compensation,
    water_incident_interruption,
    water_incident_pressure,
    water_incident_told,
    water_request,
)
from . import water_inquiry, water_appeal, water_complaint, account_move
from . import account_move_kept, account_move_send, account_partial_reconcile, account_payment
from . import water_compensation
from . import water_compensation_base, water_compensation_portal, water_compensation_tell
from . import water_compensation_barred, water_compensation_second, water_compensation_frozen
from . import water_account_change, water_compensation_joint
from . import water_compensation_deciding, water_compensation_hold, water_compensation_late
from . import water_compensation_money, water_compensation_payee, water_compensation_paying
from . import water_compensation_approval, water_compensation_band
from . import water_compensation_budget, water_compensation_delegation
from . import water_compensation_progress, water_deadline, water_visit
from . import water_compensation_exemption, water_compensation_pricing, water_compensation_by_rule
from . import water_compensation_bill, water_compensation_provisional, water_calendar_day
from . import (
    water_bill_application_mixin,
    water_leak_allowance,
    water_leak_usage,
    res_company,
    res_config_settings,
)
from . import water_meter_refund, water_compensation_recheck, water_setup
from . import (
    res_partner,
    res_users,
    water_compensation_version,
    water_compensation_rule,
    water_case_event,
)
from . import water_notice, water_compensation_taken_back, water_compensation_booked_back
from . import water_complaint_checklist, water_customer
