from . import base_import
from . import privacy_lookup_wizard, privacy_lookup_wizard_line, water_erasure_wizard
from . import water_case_wizard_mixin
from . import water_call_lookup_mixin, water_call
from . import water_contact_wizard, water_dispatch_reject_wizard
from . import water_dispatch_wizard, water_external_wizard, water_handover_wizard
from . import water_order_import_wizard
from . import water_pause_wizard, water_promise_wizard, water_replan_wizard
from . import water_request_wizard_mixin
from . import water_visit_wizard, water_visit_change_wizard
from . import water_material_wizard, water_acknowledge_wizard
from . import water_request_decision_wizard
from . import water_feedback_wizard, water_close_wizard
from . import water_callback_wizard, water_deputy_wizard
from . import water_triage_wizard, water_vexatious_wizard
