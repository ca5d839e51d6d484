from . import portal_request, portal_material
