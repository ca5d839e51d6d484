from . import portal_list, portal_draft, portal, portal_preference
