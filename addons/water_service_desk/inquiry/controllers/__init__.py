from . import portal_inquiry
