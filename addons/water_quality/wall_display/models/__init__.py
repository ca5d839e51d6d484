from . import digest_digest, water_wall
