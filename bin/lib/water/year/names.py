"""Chinese people and the streets they live in, drawn with given dice."""

from .matters import WORDS

SURNAMES = WORDS["names"]["surnames"]
GIVEN = WORDS["names"]["given"].split()
PLACES = WORDS["places"]


class Names:
    """Draws people and addresses; no two households share a telephone number."""

    def __init__(self, dice):
        self.dice, self.count = dice, 0

    def person(self):
        return self.dice.choice(SURNAMES) + self.dice.choice(GIVEN)

    def phone(self):
        """Return an unassigned phone number."""
        self.count += 1
        return f"1399{(self.count * 6151 + 17) % 10_000_000:07d}"

    def address(self, zone):
        """An address in the zone with this code."""
        dice = self.dice
        place = PLACES.get(zone, PLACES["DC"])
        streets, estates = place["streets"], place["estates"]
        street = f"清河市{dice.choice(streets)} {dice.randrange(1, 240)} 号"
        if not estates or dice.random() < 0.2:
            return street
        flat = f"{dice.randrange(1, 19)}{dice.randrange(1, 5):02d} 室"
        house = f"{dice.randrange(1, 30)} 幢 {dice.randrange(1, 5)} 单元"
        return f"{street}{dice.choice(estates)} {house} {flat}"
