from . import anchor_file
