"""Pictures as the models see them when training: no alpha, the subject on white."""

from PIL import Image

Image.MAX_IMAGE_PIXELS = None
MARGIN = 1.12  # a cut-out stands on a white square this much larger than its longer side
ALPHA_SEEN = 16  # alpha at or below this counts as background
MAX_SIDE = 512  # embeddings see 224 pixels; larger ones only cost time


def load(path):
    """The picture at `path` as RGB, cut-outs centred on a white square, sides at most `MAX_SIDE`."""
    picture = Image.open(path)
    picture.draft("RGB", (MAX_SIDE * 2, MAX_SIDE * 2))
    if picture.mode in ("P", "LA", "PA", "RGBA") or "transparency" in picture.info:
        picture = on_white(picture.convert("RGBA"))
    picture = picture.convert("RGB")
    scale = MAX_SIDE / max(picture.size)
    if scale < 1:
        size = tuple(max(1, round(side * scale)) for side in picture.size)
        picture = picture.resize(size, Image.BICUBIC)
    return picture


def write_ppm(picture, path):
    """Writes binary PPM, the one format that needs no decoder to agree about."""
    width, height = picture.size
    with open(path, "wb") as file:
        file.write(b"P6\n%d %d\n255\n" % (width, height))
        file.write(picture.tobytes())


def on_white(picture):
    """An RGBA picture's subject centred on a white square; opaque ones as they are."""
    alpha = picture.getchannel("A")
    if alpha.getextrema()[0] >= 250:
        return picture
    box = alpha.point(lambda value: 255 if value > ALPHA_SEEN else 0).getbbox()
    if box:
        picture = picture.crop(box)
    width, height = picture.size
    side = int(max(width, height) * MARGIN) + 2
    white = Image.new("RGBA", (side, side), (255, 255, 255, 255))
    white.alpha_composite(picture, ((side - width) // 2, (side - height) // 2))
    return white
