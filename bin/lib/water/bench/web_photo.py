"""A photo as a telephone takes it: 12 million points, some two megabytes, with its place in it."""

import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

SIZE = (4000, 3000)


def write(path):
    """Write the same photo each time."""
    luck = random.Random(7)
    image = Image.effect_noise((SIZE[0] // 4, SIZE[1] // 4), 40).resize(SIZE).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _shape in range(300):
        x, y = luck.randrange(SIZE[0]), luck.randrange(SIZE[1])
        colour = tuple(luck.randrange(256) for _channel in range(3))
        draw.ellipse((x, y, x + luck.randrange(50, 700), y + luck.randrange(50, 700)), fill=colour)
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Telephone", 1
    image = image.filter(ImageFilter.GaussianBlur(1))
    image.save(Path(path), "JPEG", quality=88, exif=exif)
