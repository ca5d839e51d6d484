from . import portal_delegate
