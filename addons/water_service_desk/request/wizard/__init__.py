from . import water_request_wizard_mixin, water_material_wizard, water_acknowledge_wizard
from . import water_request_decision_wizard, water_feedback_wizard, water_close_wizard
from . import water_package_wizard
