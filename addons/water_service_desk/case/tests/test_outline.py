"""Outlines of zones: reading, refusals and drawing."""

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

from ..outline import MAX_POINTS, WIDTH, Drawing, read_outline

SQUARE = '{"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]}'


@tagged("post_install", "-at_install")
class TestOutline(TransactionCase):
    def test_kinds_of_shapes(self):
        ring = [(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (0.0, 1.0), (0.0, 0.0)]
        feature = f'{{"type": "Feature", "properties": {{}}, "geometry": {SQUARE}}}'
        whole = f'{{"type": "FeatureCollection", "features": [{feature}, {feature}]}}'
        many = SQUARE.replace('"Polygon"', '"MultiPolygon"').replace("[[[0", "[[[[0")
        many = many.replace("0]]]}", "0]]]]}")
        for text, count in ((SQUARE, 1), (feature, 1), (whole, 2), (many, 1)):
            self.assertEqual(read_outline(text), [ring] * count)
        self.assertEqual(read_outline(False), [])

    def test_refused(self):
        zone = self.env["water.zone"].create({"code": "T-OUT", "name": "x"})
        point = '{"type": "Point", "coordinates": [1, 2]}'
        short = '{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}'
        vast = SQUARE.replace("2, 1", f"1{'0' * 400}, 1")
        for text in ("x", "[]", "{}", point, short, SQUARE.replace("2, 1", "200, 1"), "null", vast):
            with self.subTest(text), self.assertRaises(ValidationError), self.env.cr.savepoint():
                zone.outline = text

    def test_edges(self):
        """The edges of the Earth are on it, and so many points are not too many."""
        edge = "[180, 90], [-180, 90], [-180, -90], [180, -90], [180, 90]"
        ring = '{"type": "Polygon", "coordinates": [[%s]]}'
        self.assertEqual(len(read_outline(ring % edge)[0]), 5)
        points = ["[1, 2]"] * MAX_POINTS
        self.assertEqual(len(read_outline(ring % ", ".join(points))[0]), MAX_POINTS)
        with self.assertRaisesRegex(ValueError, "no area"):
            read_outline(ring % ", ".join([*points, "[1, 2]"]))
        with self.assertRaisesRegex(ValueError, "no area"):
            read_outline(ring % "[0, 0], [1, 1], [0, 0]")

    def test_middle_of_what_has_no_area(self):
        """A line has no centre of gravity: its name stands where it begins."""
        rings = [[(0.0, 0.0), (2.0, 1.0), (2.0, 1.0), (0.0, 0.0)]]
        drawing = Drawing([read_outline(SQUARE)])
        self.assertEqual(drawing.middle(rings), drawing.spot(0.0, 0.0))

    def test_far_from_the_equator(self):
        """At 60 degrees north a degree of longitude is half as long as one of latitude."""
        drawing = Drawing([[[(0.0, 59.0), (2.0, 59.0), (2.0, 61.0), (0.0, 61.0), (0.0, 59.0)]]])
        self.assertEqual((drawing.width, drawing.height), (WIDTH, 704))
        self.assertEqual(drawing.spot(2.0, 59.0), (352.0, 696.0))

    def test_drawn(self):
        """North is up, east is right, and it fills the width."""
        rings = read_outline(SQUARE)
        drawing = Drawing([rings])
        self.assertEqual(drawing.path(rings), "M8 180L352 180L352 8L8 8Z")
        self.assertEqual((drawing.width, drawing.height), (WIDTH, 188))
        self.assertEqual(drawing.middle(rings), (180.0, 94.0))
