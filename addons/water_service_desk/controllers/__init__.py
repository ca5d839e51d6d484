from . import portal, portal_request
