from . import portal_list, portal, portal_preference
