from . import water_category_learning, water_category
