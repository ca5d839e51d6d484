from . import login, portal_list, portal_address, portal_draft, portal, portal_preference, thread
