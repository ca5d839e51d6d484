from . import portal, portal_compensation
