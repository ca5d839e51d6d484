from . import second_factor
