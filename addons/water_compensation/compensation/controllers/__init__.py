from . import portal_compensation
