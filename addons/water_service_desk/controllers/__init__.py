from . import call, portal, portal_delegate, portal_preference, portal_request, portal_visit
from . import open_door, public, track
from . import portal_list, portal_material
