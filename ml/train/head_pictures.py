"""What the heads learn from: pictures with a style, whether a generator made them, and the source they came from."""

import hashlib
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

import pages
from packages import WORK, root
from photos import photos
from rcc import extract

Image.MAX_IMAGE_PIXELS = None
STYLES = ("photo", "illustration", "screenshot", "text")
SMALLEST = 200  # pixels of the shorter side; smaller ones are icons
LARGEST = 40_000_000  # pixels; decoding more costs seconds and shows nothing else
PAGES_A_MANUAL = 2

# of the AI packages' file names: not a finished picture by a generator, or partly a photo that somebody took
NOT_AI = re.compile(r"canny|depth|lotus|layer|audio|speech|voice|eleven|fishaudio|heygen|music|upscal|enhanc|topaz"
                    r"|anthropic|openai_chat|google_gemini-1|openrouter_(gpt|grok|kimi)|astra|gpt5|hunyuan3d|quiver"
                    r"|svg|vector|estimation|sam3d|stable_audio|lip_?sync|sync_so|veed|mirelo|sfx|background"
                    r"|smart_topology|3d_|utility|template|contact_sheet|_relight|photo_2|sofa_swap|dieline|product"
                    r"|skin_enhancer|billboard|exploded|outpaint|expand|eraser|genfill|layered|default-|try_on|vto"
                    r"|meshy|tripo|rodin|video_edit|omni_edit|multi_inputs|multiple_images|reference-1|color_control"
                    r"|pixal3d|moge|wan_dancer|multiangle|01_get_started|api_flux2-1|_r2v|nano_banana_create")
# who made the generator, by the file name; held out together
FAMILIES = {
    "flux": "flux|bfl|chroma|kontext|krea", "qwen": "qwen|z_image|wan|happyhorse|tongyi", "stability": "sd3|sdxl|stability",
    "openai": "openai", "google": "google|nano_banana|veo|gemini", "bytedance": "bytedance|seedream|seedance|boogu",
    "kling": "kling|king", "ideogram": "ideogram", "luma": "luma", "recraft": "recraft", "runway": "runway",
    "grok": "grok", "hidream": "hidream", "kandinsky": "kandinsky", "ltx": "ltx", "minimax": "minimax|hailuo|h3",
    "vidu": "vidu", "pixverse": "pixverse", "tencent": "hunyuan|tencent", "anime": "anima|netayume|newbie|omnigen",
}


@dataclass
class Picture:
    path: Path
    source: str  # pictures of one source are on one side of every split
    ai: bool
    style: str | None  # one of STYLES, or None where nobody said
    badge: bool = False  # its top edge may name the generator


def pictures():
    """All pictures, in a fixed order, each once."""
    return ai() + taken() + drawn() + screenshots() + texts()


def ai():
    result = []
    for package in ("comfyui-image", "comfyui-api", "comfyui-assets-01", "comfyui-assets-02"):
        for path in sorted(root(package).rglob("*-1.webp")):
            if NOT_AI.search(path.name.lower()):
                continue
            family = next((name for name, words in FAMILIES.items() if re.search(words, path.name.lower())), "other")
            result.append(Picture(path, f"{package}/{family}", True, None, badge=True))
    return result


def taken():
    """Photos, cut-outs of photos, and wallpapers of which nobody said what they are."""
    chosen = []
    tabler = root("tabler-ui") / "package/dist/demo"
    chosen += [(path, "tabler-ui", "photo") for path in _images(tabler / "photos")]
    for package, folder in (("material-kit", "package/assets/img"), ("paper-kit-2", "package/assets/img"),
                            ("startbootstrap-business-casual", "package/dist/assets/img"),
                            ("startbootstrap-one-page-wonder", "package/dist/assets/img"),
                            ("face-api", "package/demo")):
        for path in _images(root(package) / folder):
            if path.suffix == ".jpg" and path.stem not in ("landing", "profile"):
                chosen.append((path, package, "photo"))
    chosen += [(Path(photo.path), _package(photo.path), "photo") for photo in photos() if not photo.cut_out]
    stamps = [Path(photo.path) for photo in photos() if photo.cut_out]
    chosen += [(path, "tuxpaint-stamps", "photo") for path in _some(stamps, 60)]
    seen = {path for path, _, _ in chosen}
    for package in ("plasma-wallpapers", "lomiri-wallpapers-16", "lomiri-wallpapers-20", "mate-backgrounds",
                    "ukui-wallpapers", "gnome-backgrounds"):
        one_each = {}
        for path in _images(root(package)):
            if "screenshot" not in path.name:
                one_each.setdefault(_wallpaper(path), path)
        known = {_wallpaper(path) for path in seen}
        chosen += [(path, package, None) for name, path in one_each.items() if name not in known]
    return [Picture(path, source, False, style) for path, source, style in chosen]


def drawn():
    """Made by people with pen, brush or vector program; a model must not call these AI-made."""
    chosen = [(path, "openclipart") for path in _some(_images(root("openclipart-png") / "usr/share/openclipart"), 150)]
    chosen += [(path, "fluent-emoji-3d") for path in _some(_images(root("fluent-emoji-3d"), 0), 60)]
    paintings = [path for path in _images(root("wesnoth"), 300)
                 if re.search(r"/portraits/|/story/", str(path)) and "transparent" not in path.name]
    chosen += [(path, "wesnoth") for path in _some(paintings, 130)]
    folder = WORK / "gcompris/gcompris/src/activities/paintings"
    if not folder.exists():
        extract(root("gcompris") / "usr/share/gcompris-qt/rcc/paintings.rcc", WORK / "gcompris")
    chosen += [(path, "gcompris-paintings") for path in _images(folder)]
    return [Picture(path, source, False, "illustration") for path, source in chosen]


def screenshots():
    chosen = []
    limits = {"gimp-help": 70, "skrooge": 50, "kmymoney": 50, "hugin": 30, "gnome-user-docs": 30}
    for package, limit in limits.items():
        found = [path for path in _images(root(package), SMALLEST) if path.suffix == ".png"]
        if package == "gimp-help":
            found = [path for path in found if re.search(r"/(dialogs|using|menus|preferences)/", str(path))]
        chosen += [(path, package) for path in _some(found, limit)]
    chosen += [(root("material-kit") / "package/assets/img" / name, "material-kit") for name in ("landing.jpg", "profile.jpg")]
    return [Picture(path, source, False, "screenshot") for path, source in chosen]


def texts():
    """Typeset pages out of manuals, and pages, slides and posters that pages.py writes."""
    chosen = [(path, "written") for path in pages.written(WORK / "pages")]
    folder = WORK / "typeset"
    folder.mkdir(exist_ok=True)
    for manual in _some(sorted(root("latex-doc").rglob("*.pdf")), 50):
        stem = folder / manual.stem
        if not list(folder.glob(f"{manual.stem}-*.png")):
            subprocess.run(["pdftoppm", "-png", "-r", "75", "-f", "2", "-l", str(1 + PAGES_A_MANUAL), str(manual),
                            str(stem)], check=False, stderr=subprocess.DEVNULL)  # fails on manuals of one page
        chosen += [(path, "latex-doc") for path in sorted(folder.glob(f"{manual.stem}-*.png"))]
    for name in ("page.png", "text.png"):
        chosen += [(path, "scikit-image") for path in sorted(root("scikit-image").rglob(name))]
    return [Picture(path, source, False, "text") for path, source in chosen]


def _images(folder, smallest=SMALLEST):
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".png", ".jpg", ".jpeg", ".webp") and path.is_file() and not path.is_symlink():
            try:
                with Image.open(path) as picture:
                    if min(picture.size) >= smallest and picture.width * picture.height <= LARGEST:
                        found.append(path)
            except OSError:
                continue
    return found


def _some(paths, count):
    """At most `count` of them, chosen by name so that a new file moves few others."""
    ranked = sorted(paths, key=lambda path: hashlib.sha256(str(path.name).encode()).digest())
    return sorted(ranked[:count])


def _package(path):
    return Path(path).relative_to(WORK).parts[1] if "gcompris" not in str(path) else "gcompris"


def _wallpaper(path):
    """The wallpaper's own folder or name: most come in a dozen sizes."""
    inside = path.parts[-4] if "contents" in path.parts else path.stem
    return re.sub(r"[_-]\d{3,}x\d+$|-[dl]$", "", inside)
