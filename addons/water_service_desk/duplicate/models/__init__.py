from . import water_matter_mixin, water_matter_merging, water_matter_undoing
from . import (
    water_matter_promise,
    water_matter_limits,
    water_matter_mirror,
    water_matter_own,
    water_matter_erasure,
    water_matter_telling,
    water_inquiry,
    water_request,
)
from . import water_deadline, water_visit, water_case_event, res_company, res_config_settings
