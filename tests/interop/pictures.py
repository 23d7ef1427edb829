"""Pictures of every kind that PNG has and of the kinds of JPEG that are in use, imported and compared with the values
that were written and with what Pillow reads. Usage: pictures.py HOURGLASS"""
import io
import struct
import subprocess
import sys
import zlib

import h5py
import numpy as np

try:
    from PIL import Image, ImageOps
except ImportError:
    Image = None

HEIGHT, WIDTH = 11, 13  # Adam7's last passes are not whole
GRAY, RGB, PALETTE, GRAY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGB_ALPHA: 4}
DEPTHS = {GRAY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GRAY_ALPHA: (8, 16), RGB_ALPHA: (8, 16)}
ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
RANDOM = np.random.default_rng(1)
failures = []
tried = 0


def imported(*arguments):
    """The values that hourglass makes of files or folders."""
    global tried
    tried += 1
    done = subprocess.run([sys.argv[1], "import", *arguments, "-o", "out.h5:s", "--force"], capture_output=True, text=True)
    if done.returncode != 0:
        return done.stderr
    with h5py.File("out.h5") as f:
        return f["s/x"][...]


def compare(what, found, expected, tolerance=0):
    if isinstance(found, str):
        failures.append(f"{what}: {found}")
    elif found.shape != expected.shape:
        failures.append(f"{what}: found shape {found.shape}, expected {expected.shape}")
    elif abs(found.astype(int) - expected.astype(int)).max() > tolerance:
        failures.append(f"{what}: {(found != expected).mean():.0%} of the values differ")


# --- PNG

def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed_rows(values, depth):
    """Rows of samples (height, samples), each with its filter byte."""
    out = b""
    for row in values:
        if depth == 16:
            out += b"\0" + row.astype(">u2").tobytes()
        elif depth == 8:
            out += b"\0" + row.astype("u1").tobytes()
        else:
            bits = "".join(format(v, f"0{depth}b") for v in row)
            bits += "0" * (-len(bits) % 8)
            out += b"\0" + bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
    return out


def png(samples, color, depth, interlaced, before=b"", behind=b""):
    """A PNG file of samples (height, width, channels); `before` and `behind` are chunks around the values."""
    height, width = samples.shape[:2]
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    raw = b""
    for top, left, down, right in passes:
        part = samples[top::down, left::right]
        if part.size:
            raw += packed_rows(part.reshape(part.shape[0], -1), depth)
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + before + chunk(b"IDAT", zlib.compress(raw)) + behind +
            chunk(b"IEND", b""))


def composed(values, alpha, most):
    return (values.astype("i8") * alpha + most // 2) // most


def expected_values(samples, color, depth, palette, transparent):
    """What the samples mean: colors of the palette, few bits spread over 0 to 255, on black where transparent."""
    most = 65535 if depth == 16 else 255
    if color == PALETTE:
        index = samples[..., 0]
        alpha = np.array([*(transparent or b""), *[255] * 256])[index]
        return composed(palette[index], alpha[..., None], 255)
    if color in (GRAY_ALPHA, RGB_ALPHA):
        return composed(samples[..., :-1], samples[..., -1:], most)
    values = samples.astype("i8") * (most // (2**depth - 1))
    if transparent is not None:
        key = np.frombuffer(transparent, ">u2")
        values[(samples == key).all(axis=-1)] = 0
    return values


def test_png_of_every_kind():
    gamma = chunk(b"gAMA", struct.pack(">I", 100000))  # must change nothing
    for color, depths in DEPTHS.items():
        for depth in depths:
            for interlaced in (0, 1):
                for transparency in (False, True):
                    png_of_one_kind(color, depth, interlaced, transparency, gamma if transparency else b"")


def png_of_one_kind(color, depth, interlaced, transparency, chunks):
    samples = RANDOM.integers(0, 2**depth, (HEIGHT, WIDTH, CHANNELS[color]))
    palette = RANDOM.integers(0, 256, (2**depth if color == PALETTE else 0, 3))
    transparent = None
    if transparency and color in (GRAY, RGB):
        transparent = samples[3, 4].astype(">u2").tobytes()
    elif transparency and color == PALETTE:
        transparent = RANDOM.integers(0, 256, 2).astype("u1").tobytes()
    if color == PALETTE:
        chunks += chunk(b"PLTE", palette.astype("u1").tobytes())
    if transparent is not None:
        chunks += chunk(b"tRNS", transparent)

    what = f"PNG, color type {color}, {depth} bits, interlaced {interlaced}, tRNS {transparent is not None}"
    with open("x.png", "wb") as f:
        f.write(png(samples, color, depth, interlaced, chunks))
    values = expected_values(samples, color, depth, palette, transparent)
    found = imported("x.png")
    compare(what, found, values[None, ..., 0] if values.shape[-1] == 1 else values[None])
    if not isinstance(found, str) and found.dtype != ("i4" if depth == 16 else "u1"):
        failures.append(f"{what}: has the type {found.dtype}")
    if Image and transparent is None and color in (GRAY, RGB, PALETTE):
        reads_as_pillow(what, "x.png", found)


def reads_as_pillow(what, path, found, tolerance=0):
    picture = ImageOps.exif_transpose(Image.open(path))
    if picture.mode == "1":
        picture = picture.convert("L")
    if picture.mode in ("P", "CMYK"):
        picture = picture.convert("RGB")
    expected = np.asarray(picture)
    if not isinstance(found, str) and found.dtype == "i4" and expected.dtype == np.uint8:
        found = found >> 8  # Pillow reads 16 bits of colors as 8
    compare(f"{what}, beside Pillow", found, expected[None], tolerance)


# --- orientation

TURNS = {1: lambda a: a, 2: np.fliplr, 3: lambda a: a[::-1, ::-1], 4: np.flipud, 5: lambda a: a.swapaxes(0, 1),
         6: lambda a: np.rot90(a, -1), 7: lambda a: a[::-1, ::-1].swapaxes(0, 1), 8: np.rot90}


def exif(orientation, order="<"):
    head = b"II*\0" if order == "<" else b"MM\0*"
    width = struct.pack(order + "HHIHH", 0x0100, 3, 1, 5, 0)  # an entry before
    return head + struct.pack(order + "IH", 8, 2) + width + struct.pack(order + "HHIHHI", 0x0112, 3, 1, orientation, 0, 0)


def test_orientation():
    for orientation, turn in TURNS.items():
        for order in "<>":
            data = exif(orientation, order)
            for behind in (False, True):
                samples = RANDOM.integers(0, 65536, (5, 3, 3))
                chunks = chunk(b"eXIf", data)
                with open("x.png", "wb") as f:
                    f.write(png(samples, RGB, 16, 0, b"" if behind else chunks, chunks if behind else b""))
                what = f"PNG, orientation {orientation}, behind the values {behind}"
                compare(what, imported("x.png"), turn(samples)[None])
            if Image:
                jpeg_orientation(orientation, turn, data)


def jpeg_orientation(orientation, turn, data):
    blocks = RANDOM.integers(0, 256, (3, 2)).astype("u1")
    values = np.kron(blocks, np.ones((8, 8), "u1"))  # which JPEG keeps as they are
    Image.fromarray(values).save("x.jpg", quality=100, exif=b"Exif\0\0" + data)
    found = imported("x.jpg")
    compare(f"JPEG, orientation {orientation}", found, turn(values)[None])
    reads_as_pillow(f"JPEG, orientation {orientation}", "x.jpg", found)


def test_damaged_exif():
    """Is no reason to refuse or to turn a picture."""
    samples = RANDOM.integers(0, 256, (5, 3, 1))
    good = exif(6)
    bad = [good[:n] for n in range(len(good) - 8)]
    bad += [good[:4] + struct.pack("<I", at) + good[8:] for at in (0, 2**31, 2**32 - 1, len(good) - 1)]
    bad += [exif(9), exif(0), b"XX" + good[2:], good.replace(b"\x12\1\3\0", b"\x12\1\4\0")]
    for n, data in enumerate(bad):
        with open("x.png", "wb") as f:
            f.write(png(samples, GRAY, 8, 0, chunk(b"eXIf", data)))
        compare(f"damaged EXIF data {n}", imported("x.png"), samples[None, ..., 0])


# --- JPEG

def test_jpeg():
    y, x = np.mgrid[:40, :56]
    smooth = np.stack([x * 4, y * 6, 255 - x * 2 - y], axis=-1).astype("u1")
    kinds = {"gray": (smooth[..., 0], {}), "color": (smooth, {}), "progressive": (smooth, {"progressive": True}),
             "not subsampled": (smooth, {"subsampling": 0}), "4:2:0": (smooth, {"subsampling": 2}),
             "with a color profile": (smooth, {"icc_profile": b"profile" * 20}),
             "CMYK": (np.dstack([smooth, smooth[..., :1] // 2]), {})}
    for name, (values, options) in kinds.items():
        mode = "CMYK" if name == "CMYK" else None
        Image.fromarray(values, mode).save("x.jpg", quality=95, **options)
        found = imported("x.jpg")
        reads_as_pillow(f"JPEG, {name}", "x.jpg", found, 1 if mode else 0)


def test_scan_bomb():
    """A progressive JPEG whose first scan is repeated: small, and as long to decode as one likes."""
    out = io.BytesIO()
    Image.fromarray(np.zeros((64, 64), "u1")).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    begin = data.index(b"\xff\xda")
    end = data.index(b"\xff", begin + 12)
    while data[end + 1] == 0 or 0xD0 <= data[end + 1] <= 0xD7:
        end = data.index(b"\xff", end + 2)
    with open("bomb.jpg", "wb") as f:
        f.write(data[:begin] + data[begin:end] * 600 + data[end:])
    found = imported("bomb.jpg")
    if not isinstance(found, str) or "bomb.jpg: no good JPEG: more than 500 scans" not in found:
        failures.append(f"a JPEG of 600 scans: {found}")


test_png_of_every_kind()
test_orientation()
test_damaged_exif()
if Image:
    test_jpeg()
    test_scan_bomb()
print(f"{tried} pictures, {len(failures)} failures")
if failures:
    print("\n".join(failures[:20]))
    sys.exit(1)
if not Image:
    print("skipped: the comparison with Pillow, and JPEG: apt-get install python3-pil")
    sys.exit(77)
