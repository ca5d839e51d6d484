from . import call, portal, portal_request, open_door, public, track
