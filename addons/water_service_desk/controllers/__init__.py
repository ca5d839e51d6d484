from . import call, portal_list, portal, portal_request, portal_material, open_door, public, track
