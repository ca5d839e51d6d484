from . import (
    water_complaint_portal,
    water_appeal,
    water_appeal_chain,
    water_appeal_review,
    water_appeal_filing,
    water_complaint,
    water_appeal_event,
    water_appeal_vote,
    res_company,
    res_config_settings,
)
