from . import water_problem, water_problem_rule, water_problem_effect, water_problem_steps
from . import water_management_review, water_improvement, water_complaint
