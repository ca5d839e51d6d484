from . import water_confirm_wizard, water_review_wizard
