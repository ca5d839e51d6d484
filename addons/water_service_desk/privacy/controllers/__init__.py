from . import export, outgoing
