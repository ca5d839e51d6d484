from . import call, portal, portal_request
