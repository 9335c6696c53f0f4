"""Makes the signed pictures in `media/tests/pictures/signed/`.

    pip install c2pa-python==0.38.1 cryptography pillow && python media/train/signed.py

They come out of the C2PA reference library, so that our reader is held against files
that it did not write itself. The keys are made here and thrown away.
"""

import datetime
import io
import json
import pathlib

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

OUT = pathlib.Path(__file__).parent.parent / "tests/pictures/signed"
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def name(organisation, common):
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def certificate(subject, key, issuer, issuer_key, is_ca):
    now = datetime.datetime.now(datetime.timezone.utc)
    usage = dict.fromkeys(
        [
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
            "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        ],
        False,
    )
    usage["key_cert_sign" if is_ca else "digital_signature"] = True
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if not is_ca:
        eku = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(eku, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def signer():
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = name("Fixture Authority", "Fixture Root")
    root = certificate(root_name, root_key, root_name, root_key, True)
    leaf = certificate(name("Fixture Pictures", "Jane Roe"), key, root_name, root_key, False)
    pem = serialization.Encoding.PEM
    chain = leaf.public_bytes(pem) + root.public_bytes(pem)
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    info = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, chain, private, None)
    return c2pa.Signer.from_info(info)


def picture(fmt):
    out = io.BytesIO()
    image = Image.new("RGB", (48, 32))
    image.putdata([(x * 5, y * 7, 90) for y in range(32) for x in range(48)])
    image.save(out, fmt)
    return out.getvalue()


def signed(sign, data, mime, generator, actions, edit=False, part=None):
    builder = c2pa.Builder(
        json.dumps(
            {
                "claim_generator_info": [{"name": generator, "version": "1.0"}],
                "assertions": [{"label": "c2pa.actions", "data": {"actions": actions}}],
                "thumbnail": None,
            }
        )
    )
    if edit:
        # the file itself becomes the earlier version
        builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
    if part:
        described = {"title": "part", "relationship": "componentOf"}
        builder.add_ingredient(json.dumps(described), mime, io.BytesIO(part))
    out = io.BytesIO()
    builder.sign(sign, mime, io.BytesIO(data), out)
    out.seek(0)
    print(generator, mime, len(out.getvalue()))
    return out.getvalue()


def main():
    c2pa.load_settings(
        json.dumps(
            {
                "builder": {"thumbnail": {"enabled": False}},
                "verify": {"verify_after_sign": False, "verify_trust": False},
            }
        )
    )
    sign = signer()
    made = [{"action": "c2pa.created", "digitalSourceType": SOURCE + "trainedAlgorithmicMedia"}]
    shot = [{"action": "c2pa.created", "digitalSourceType": SOURCE + "digitalCapture"}]
    filled = [
        {
            "action": "c2pa.edited",
            "digitalSourceType": SOURCE + "compositeWithTrainedAlgorithmicMedia",
        }
    ]
    OUT.mkdir(exist_ok=True)
    files = {}
    for fmt, mime in [
        ("jpeg", "image/jpeg"),
        ("png", "image/png"),
        ("webp", "image/webp"),
        ("avif", "image/avif"),
        ("tiff", "image/tiff"),
        ("gif", "image/gif"),
    ]:
        files[f"made.{fmt}"] = signed(sign, picture(fmt), mime, "Example Generator", made)
    jpeg, plain = files["made.jpeg"], picture("jpeg")
    camera = signed(sign, plain, "image/jpeg", "Example Camera", shot)
    files["shot.jpeg"] = camera
    resized = [{"action": "c2pa.resized"}]
    for file, before, actions in [("resized", jpeg, resized), ("filled", camera, filled)]:
        files[f"{file}.jpeg"] = signed(
            sign, before, "image/jpeg", "Example Editor", actions, edit=True
        )
    drawn = [{"action": "c2pa.created", "digitalSourceType": SOURCE + "digitalCreation"}]
    files["placed.jpeg"] = signed(sign, plain, "image/jpeg", "Example Editor", drawn, part=jpeg)
    for file, content in files.items():
        (OUT / file).write_bytes(content)


main()
