"""Writes images.jsonl beside this script: small JPEG files and what Pillow makes of them and of resizing.

Needs Pillow, gcc and libjpeg's header (Debian: python3-pil, gcc, libjpeg-dev). The pictures are formulas; README.md
describes the records.
"""

import base64
import hashlib
import io
import json
import pathlib
import subprocess
import tempfile

import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
FILTERS = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}


def noise(width, height, channels):
    """The same integers as formula() of make_goldens.py with phase 1, their upper 8 bits."""
    n = np.arange(width * height * channels, dtype=np.int64)
    values = (n * 7919 + 104729 + 12345) % 65536 >> 8
    return values.astype(np.uint8).reshape(height, width, channels)


def picture(width, height, channels):
    y, x, k = np.mgrid[:height, :width, :channels]
    values = x * (9 - 2 * k) + y * (4 + 3 * k) + (x * y * (k + 2)) % 31 + (x // 5 + y // 7) % 2 * 60
    return (values & 255).astype(np.uint8)


def image_of(array):
    return Image.fromarray(array[:, :, 0] if array.shape[2] == 1 else array, {1: "L", 3: "RGB", 4: "CMYK"}[array.shape[2]])


def result(image):
    array = np.asarray(image)
    channels = 1 if array.ndim == 2 else array.shape[2]
    return {"width": image.width, "height": image.height, "channels": channels, "sha256": hashlib.sha256(array.tobytes()).hexdigest()}


def decoded(name, data):
    image = Image.open(io.BytesIO(data))
    image.load()
    if image.mode != "L":
        image = image.convert("RGB")
    return {"name": name, "file": base64.b64encode(data).decode(), **result(image)}


def by_pillow():
    for mode, channels in (("grey", 1), ("rgb", 3), ("cmyk", 4)):
        for width, height in ((1, 1), (7, 5), (17, 33), (64, 48)):
            for quality in (30, 90) if (width, height) == (17, 33) else (30,):
                for progressive in (False, True):
                    for subsampling in (0, 1, 2) if mode == "rgb" else (0,):
                        if (width, height) == (64, 48) and (mode == "cmyk" or subsampling == 1) or mode == "cmyk" and quality > 30:
                            continue
                        buffer = io.BytesIO()
                        options = {} if mode == "grey" else {"subsampling": subsampling}
                        image_of(picture(width, height, channels)).save(buffer, "jpeg", quality=quality, progressive=progressive, optimize=True, **options)
                        kind = "progressive" if progressive else "baseline"
                        yield decoded(f"{mode}-{width}x{height}-q{quality}-s{subsampling}-{kind}", buffer.getvalue())
    # The tables of the standard, with codes of all lengths up to 16, and Exif data that asks for a quarter turn.
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    image_of(picture(24, 20, 3)).save(buffer, "jpeg", quality=95, exif=exif)
    yield decoded("standard-tables-exif", buffer.getvalue())


LIBJPEG = [
    # kind, width, height, sampling, quality, restart, flags
    ("ycc", 17, 33, "1x2,1x1,1x1", 75, 0, "o"),
    ("ycc", 17, 33, "4x1,1x1,1x1", 75, 0, "o"),
    ("ycc", 35, 17, "4x1,1x1,1x1", 75, 0, "op"),
    ("ycc", 17, 33, "1x4,1x1,1x1", 75, 0, "o"),
    ("ycc", 17, 33, "4x2,1x1,1x1", 75, 0, "o"),
    ("ycc", 17, 33, "2x2,2x1,1x2", 75, 0, "op"),
    ("ycc", 17, 33, "1x1,2x2,1x1", 75, 0, "o"),
    ("ycc", 17, 33, "2x1,1x2,1x1", 75, 0, "o"),
    ("ycc", 5, 3, "2x2,1x1,1x1", 75, 0, "o"),
    ("ycc", 3, 9, "2x1,1x1,1x1", 75, 0, "o"),
    ("ycc", 41, 31, "2x2,1x1,1x1", 60, 1, "o"),
    ("ycc", 41, 31, "2x2,1x1,1x1", 60, 2, "op"),
    ("ycc", 60, 50, "1x1,1x1,1x1", 5, 3, "op"),
    ("ycc", 41, 31, "2x2,1x1,1x1", 60, 2, "os"),
    ("ycc", 41, 31, "2x2,1x1,1x1", 60, 0, "ot"),
    ("ycc", 33, 20, "2x1,1x1,1x1", 2, 0, "ow"),
    ("ycc", 33, 20, "2x1,1x1,1x1", 100, 0, "o"),
    ("ycc", 20, 20, "2x2,1x1,1x1", 75, 0, "od"),
    ("rgb", 20, 20, "1x1,1x1,1x1", 75, 0, "o"),
    ("rgb", 20, 20, "1x1,1x1,1x1", 75, 0, "od"),
    ("rgb", 20, 20, "1x1,2x2,1x1", 75, 0, "op"),
    ("grey", 20, 20, "2x2", 75, 3, "o"),
    ("grey", 20, 20, "1x1", 75, 2, "op"),
    ("cmyk", 20, 20, "1x1,1x1,1x1,1x1", 75, 0, "o"),
    ("ycck", 20, 20, "2x2,1x1,1x1,2x2", 75, 0, "o"),
    ("ycck", 20, 20, "2x1,1x1,1x1,2x1", 75, 5, "op"),
]


def by_libjpeg():
    with tempfile.TemporaryDirectory() as folder:
        program, file = pathlib.Path(folder, "make_jpeg"), pathlib.Path(folder, "out.jpg")
        subprocess.run(["gcc", "-O1", "-o", program, HERE / "make_jpeg.c", "-ljpeg"], check=True)
        for case in LIBJPEG:
            kind, width, height, sampling, quality, restart, flags = map(str, case)
            subprocess.run([program, file, kind, width, height, sampling, quality, restart, flags], check=True)
            yield decoded(f"libjpeg-{kind}-{width}x{height}-{sampling}-q{quality}-r{restart}-{flags}", file.read_bytes())


RESIZES = [
    # source width, height, channels, result width, height
    (1, 1, 3, 5, 4),
    (7, 5, 1, 7, 5),
    (7, 5, 3, 20, 11),
    (64, 48, 3, 31, 17),
    (64, 48, 1, 64, 9),
    (64, 48, 3, 9, 48),
    (200, 3, 3, 7, 3),
    (33, 91, 3, 100, 2),
]

TRANSFORMS = [
    # source width, height, channels, resize, crop height, crop width
    (75, 50, 3, 32, 28, 28),
    (50, 75, 3, 32, 28, 28),
    (51, 76, 1, 33, 20, 31),
    (40, 40, 3, 24, 21, 24),
    (47, 90, 3, 26, 21, 23),
    (19, 11, 3, 9, 14, 30),
    (19, 11, 3, 9, 14, 7),
    (11, 19, 3, 30, 13, 35),
]


def resized():
    for width, height, channels, to_width, to_height in RESIZES:
        for interpolation, pillow in FILTERS.items():
            image = image_of(noise(width, height, channels)).resize((to_width, to_height), pillow)
            name = f"resize-{interpolation}-{width}x{height}x{channels}-{to_width}x{to_height}"
            yield {"name": name, "source": [width, height, channels], "interpolation": interpolation, **result(image)}


def shorter_side(image, size, interpolation):
    """torchvision.transforms.functional.resize with one size (0.14)."""
    width, height = image.size
    short, long = (width, height) if width <= height else (height, width)
    other = int(size * long / short)
    return image.resize((size, other) if width <= height else (other, size), interpolation)


def center_crop(image, crop_height, crop_width):
    """torchvision.transforms.functional.center_crop (0.14)."""
    width, height = image.size
    if crop_width > width or crop_height > height:
        border = (
            (crop_width - width) // 2 if crop_width > width else 0,
            (crop_height - height) // 2 if crop_height > height else 0,
            (crop_width - width + 1) // 2 if crop_width > width else 0,
            (crop_height - height + 1) // 2 if crop_height > height else 0,
        )
        image = ImageOps.expand(image, border=border, fill=0)
        width, height = image.size
    top, left = int(round((height - crop_height) / 2.0)), int(round((width - crop_width) / 2.0))
    return image.crop((left, top, left + crop_width, top + crop_height))


def transformed():
    for width, height, channels, size, crop_height, crop_width in TRANSFORMS:
        for interpolation, pillow in FILTERS.items():
            image = image_of(noise(width, height, channels)).convert("RGB")
            image = center_crop(shorter_side(image, size, pillow), crop_height, crop_width)
            name = f"transform-{interpolation}-{width}x{height}x{channels}-{size}-{crop_height}x{crop_width}"
            yield {"name": name, "source": [width, height, channels], "interpolation": interpolation, "resize": size, **result(image)}


def main():
    with open(HERE / "images.jsonl", "w", encoding="utf-8", newline="\n") as file:
        for records in (by_pillow(), by_libjpeg(), resized(), transformed()):
            for record in records:
                file.write(json.dumps(record, separators=(",", ":")) + "\n")


main()
