from . import compensation_scheme, compensation
from .compensation.hooks import forget_compensation
