"""Outlines of supply zones: read from GeoJSON (RFC 7946), drawn as paths of an SVG."""

import json
import math

#: Width of a drawn map, in its own units; the browser makes it as wide as the page.
WIDTH = 360
#: Margin around the drawing, in its units.
MARGIN = 8
#: No outline of a zone needs more.
MAX_POINTS = 5000


def read_outline(text):
    """The rings of a zone's outline.

    :param text: GeoJSON of a Polygon or MultiPolygon, or a Feature or FeatureCollection of them
    :return: list of rings, each a list of (longitude, latitude) in degrees; [] without a text
    :raises ValueError: for anything else
    """
    if not text:
        return []
    try:
        rings = [
            [_point(place) for place in ring]
            for polygon in _polygons(json.loads(text))
            for ring in polygon
        ]
    except (TypeError, KeyError, OverflowError, RecursionError) as error:
        raise ValueError("no outline") from error
    if not rings or any(len(ring) < 4 for ring in rings) or sum(map(len, rings)) > MAX_POINTS:
        raise ValueError("no area")
    return rings


def _polygons(shape):
    """The polygons of a GeoJSON object, with their rings."""
    kind = shape["type"]
    if kind == "FeatureCollection":
        return [polygon for part in shape["features"] for polygon in _polygons(part)]
    if kind == "Feature":
        return _polygons(shape["geometry"])
    if kind == "MultiPolygon":
        return shape["coordinates"]
    if kind == "Polygon":
        return [shape["coordinates"]]
    raise ValueError(kind)


def _point(place):
    longitude, latitude = float(place[0]), float(place[1])
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise ValueError("no place on Earth")
    return longitude, latitude


class Drawing:
    """A flat map of some outlines: near enough for the zones of one town.

    :param outlines: lists of rings as :func:`read_outline` gives them, one at least
    """

    def __init__(self, outlines):
        places = [place for rings in outlines for ring in rings for place in ring]
        longitudes, latitudes = zip(*places, strict=True)
        self.west, self.north = min(longitudes), max(latitudes)
        middle = (self.north + min(latitudes)) / 2
        # a degree of longitude is shorter the farther it is from the equator
        self.shrink = math.cos(math.radians(middle))
        span = max((max(longitudes) - self.west) * self.shrink, 1e-9)
        self.scale = (WIDTH - 2 * MARGIN) / span
        height = (self.north - min(latitudes)) * self.scale
        self.width, self.height = WIDTH, round(height) + 2 * MARGIN

    def spot(self, longitude, latitude):
        """Where a place is drawn, as (x, y) with one digit after the point."""
        x = (longitude - self.west) * self.shrink * self.scale + MARGIN
        y = (self.north - latitude) * self.scale + MARGIN
        return round(x, 1), round(y, 1)

    def path(self, rings):
        """The ``d`` of an SVG path; what falls on the same spot is drawn once."""
        parts = []
        for ring in rings:
            spots = [self.spot(*place) for place in ring[:-1]]
            kept = [spot for spot, last in zip(spots, [None, *spots], strict=False) if spot != last]
            parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + "Z")
        return "".join(parts)

    def middle(self, rings):
        """Where the name of the zone stands: the centre of gravity of its largest ring."""
        spots = [self.spot(*place) for place in max(rings, key=len)]
        sides = list(zip(spots, spots[1:], strict=False))
        areas = [x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in sides]
        total = sum(areas)
        if not total:
            return spots[0]
        pairs = list(zip(sides, areas, strict=True))
        x = sum((a[0] + b[0]) * area for (a, b), area in pairs) / (3 * total)
        y = sum((a[1] + b[1]) * area for (a, b), area in pairs) / (3 * total)
        return round(x, 1), round(y, 1)
