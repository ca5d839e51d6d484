from . import outages
