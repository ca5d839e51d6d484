from . import water_problem, water_problem_rule
from . import water_management_review, water_improvement
