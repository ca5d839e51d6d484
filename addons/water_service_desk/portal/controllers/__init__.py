from . import login, portal_list, portal_draft, portal, portal_preference
