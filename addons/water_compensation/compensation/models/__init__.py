from . import water_maker_mixin
from . import water_incident_kind, water_case_compensation, water_matter_mixin, water_incident
from . import water_request
from . import water_inquiry, water_appeal, water_complaint, account_move
from . import account_move_send
from . import water_compensation
from . import water_account_change
from . import water_compensation_deciding, water_compensation_late
from . import water_compensation_paying
from . import water_compensation_approval, water_compensation_band
from . import water_compensation_budget, water_compensation_delegation
from . import water_compensation_progress, water_deadline, water_visit
from . import water_compensation_exemption, water_compensation_pricing, water_account
from . import resource_calendar
from . import water_bill_application_mixin, water_leak_allowance, water_leak_usage, res_company
from . import res_config_settings
from . import water_meter_refund, water_setup
from . import res_partner, res_users, water_compensation_version, water_compensation_rule
from . import water_case_event
from . import water_notice
from . import water_customer
