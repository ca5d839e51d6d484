from . import water_complaint, water_satisfaction_review
