from . import call, portal, portal_request, public, track
