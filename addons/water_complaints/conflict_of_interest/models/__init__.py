from . import water_complaint, water_statement
