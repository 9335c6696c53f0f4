"""Writes `ml/tests/golden/clip-tiny/`: a CLIP with random weights, and what PyTorch says of it.

    python3 clip_tiny.py ../tests/golden/clip-tiny

The hub's CLIP cannot be had where this is built and tested, so its code is proven on a network of the same make but
4 layers in all and a few dozen numbers wide: transformers' own `CLIPModel`, saved as published checkpoints are
(`pytorch_model.bin`, torch's zip of pickles, so that its conversion is tested too) with a `CLIPTokenizerFast`. The
expected vectors are transformers' `get_text_features` and `get_image_features`, the latter on pictures from the same
formulas as in `golden.py`, resized by Pillow. Needs `pip install torch transformers` beside `requirements.txt`.
"""

import json
import pathlib
import sys

import numpy as np
import torch
import transformers
from PIL import Image
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

import golden

SIDE = 32
CAPTION = ["a photo of a cat", "sunset over the sea", "two dogs playing with a red ball", "x",
           "straße, café & naïve — 東京", "", "It's 3 o'clock;   WHAT now?!",
           "a very long description that will not fit " * 12]


def byte_alphabet():
    """GPT-2's bytes as printable characters, in the order of CLIP's own vocabulary."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + n) for n, _ in enumerate(rest)]


def tokenizer():
    """As transformers converts CLIP's: lower case, byte-level pairs, `</w>` behind a word, start and end around all."""
    letters = byte_alphabet()
    vocabulary = letters + [letter + "</w>" for letter in letters]
    merges = [("p", "h"), ("ph", "o"), ("t", "o</w>"), ("pho", "to</w>"), ("o", "f</w>"), ("c", "a"), ("ca", "t</w>"),
              ("t", "h"), ("th", "e</w>"), ("s", "e"), ("se", "a</w>"), ("d", "o"), ("g", "s</w>"), ("do", "gs</w>")]
    vocabulary += [a + b for a, b in merges] + ["<|startoftext|>", "<|endoftext|>"]
    ids = {token: at for at, token in enumerate(vocabulary)}
    made = Tokenizer(models.BPE(ids, merges, continuing_subword_prefix="", end_of_word_suffix="</w>",
                                unk_token="<|endoftext|>", fuse_unk=False))
    made.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    made.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"),
                             behavior="removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    made.decoder = decoders.ByteLevel()
    start, end = ids["<|startoftext|>"], ids["<|endoftext|>"]
    made.post_processor = processors.RobertaProcessing(
        ("<|endoftext|>", end), ("<|startoftext|>", start), add_prefix_space=False, trim_offsets=False)
    made.add_special_tokens(["<|startoftext|>", "<|endoftext|>"])
    return made, len(vocabulary), start, end


def main(out):
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    words, size, start, end = tokenizer()
    words.save(str(out / "tokenizer.json"), pretty=False)
    text = dict(vocab_size=size, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
                max_position_embeddings=77, projection_dim=24, hidden_act="quick_gelu",
                bos_token_id=start, eos_token_id=end)
    vision = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, image_size=SIDE,
                  patch_size=8, projection_dim=24, hidden_act="quick_gelu")
    config = transformers.CLIPConfig(text_config=text, vision_config=vision, projection_dim=24)
    torch.manual_seed(7)
    model = transformers.CLIPModel(config).eval()
    with torch.no_grad():
        # what training makes of it; far from the initial values, or every vector would be much the same
        for name, value in model.named_parameters():
            spread = 0.6 / value.shape[-1] ** 0.5 if value.dim() > 1 else 0.2
            value += torch.randn_like(value) * spread
        model.logit_scale.fill_(np.log(100.0))
    torch.save(model.state_dict(), out / "pytorch_model.bin")
    (out / "config.json").write_text(json.dumps({"projection_dim": 24, "text_config": text, "vision_config": vision,
                                                 "logit_scale_init_value": 2.6592}, indent=1) + "\n")

    fast = transformers.CLIPTokenizerFast(tokenizer_object=words, model_max_length=77, bos_token="<|startoftext|>",
                                          eos_token="<|endoftext|>", unk_token="<|endoftext|>",
                                          pad_token="<|endoftext|>")
    pictures = golden.pictures()
    with torch.no_grad():
        texts = []
        for caption in CAPTION:  # one by one: padding is our own business
            ids = fast(caption, truncation=True, return_tensors="pt")
            texts.append((ids["input_ids"][0].tolist(), features(model.get_text_features(**ids))))
        images = {name: features(model.get_image_features(pixel_values=pixels(picture)))
                  for name, picture in pictures.items()}
    expected = {
        "made_with": {"torch": torch.__version__, "transformers": transformers.__version__},
        "scale": 100.0,
        "texts": [{"text": t, "tokens": ids, "vector": golden.numbers(v)} for t, (ids, v) in zip(CAPTION, texts)],
        "pictures": {name: {"size": list(pictures[name].size), "vector": golden.numbers(v)}
                     for name, v in images.items()},
    }
    (out / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, separators=(",", ":")) + "\n")
    total = sum(f.stat().st_size for f in out.iterdir())
    print(f"{total} bytes in {out}")


def features(output):
    """transformers 5 wraps the projection; before, it was the tensor."""
    tensor = output if torch.is_tensor(output) else output.pooler_output
    return tensor[0].numpy()


def pixels(picture):
    """CLIP's preprocessing with Pillow."""
    wide, high = picture.size
    ratio = SIDE / min(wide, high)
    wide, high = max(SIDE, round(wide * ratio)), max(SIDE, round(high * ratio))
    picture = picture.resize((wide, high), Image.BICUBIC)
    left, top = (wide - SIDE) // 2, (high - SIDE) // 2
    array = np.asarray(picture.crop((left, top, left + SIDE, top + SIDE)), dtype=np.float32) / 255
    array = (array - [0.48145466, 0.4578275, 0.40821073]) / [0.26862954, 0.26130258, 0.27577711]
    return torch.tensor(array.transpose(2, 0, 1)[None], dtype=torch.float32)


if __name__ == "__main__":
    main(sys.argv[1])
