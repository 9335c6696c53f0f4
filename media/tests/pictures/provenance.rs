//! What a file says about its making: read in every container, never the words of a prompt.

use asterism_media::{FactKind, Format, Provenance, Says, provenance, sniff};

use crate::fixtures::{avif, exif, files, one_of_each, scene, tiff};

/// Files signed by the C2PA reference library (`media/train/signed.py`).
pub const SIGNED: &[(&str, &[u8])] = &[
    ("made.jpeg", include_bytes!("signed/made.jpeg")),
    ("made.png", include_bytes!("signed/made.png")),
    ("made.webp", include_bytes!("signed/made.webp")),
    ("made.avif", include_bytes!("signed/made.avif")),
    ("made.tiff", include_bytes!("signed/made.tiff")),
    ("made.gif", include_bytes!("signed/made.gif")),
    ("shot.jpeg", include_bytes!("signed/shot.jpeg")),
    ("resized.jpeg", include_bytes!("signed/resized.jpeg")),
    ("filled.jpeg", include_bytes!("signed/filled.jpeg")),
    ("placed.jpeg", include_bytes!("signed/placed.jpeg")),
];

fn signed(name: &str) -> &'static [u8] {
    let found = SIGNED.iter().find(|(file, _)| *file == name);
    found.expect("the file is in the list").1
}

fn read(bytes: &[u8]) -> Provenance {
    provenance(bytes, sniff(bytes).expect("it is a picture"))
}

/// Kind, statement and detail of the strongest fact.
fn first(bytes: &[u8]) -> (FactKind, Says, String) {
    let facts = read(bytes).facts;
    let fact = facts.into_iter().next().expect("the file says something");
    (fact.kind, fact.says, fact.detail)
}

#[test]
fn pictures_that_say_nothing_have_no_facts() {
    for (format, bytes) in one_of_each() {
        assert_eq!(
            provenance(&bytes, format),
            Provenance::default(),
            "{format:?}"
        );
    }
}

#[test]
fn content_credentials_are_read_in_every_container() {
    for (name, bytes) in SIGNED.iter().filter(|(name, _)| name.starts_with("made.")) {
        let (kind, says, detail) = first(bytes);
        assert_eq!((kind, says), (FactKind::C2pa, Says::AiMade), "{name}");
        assert!(
            detail.starts_with("made by a trained model"),
            "{name}: {detail}"
        );
        assert!(detail.contains("Fixture Pictures"), "{name}: {detail}");
        assert!(detail.contains("signature not checked"), "{name}: {detail}");
        // the signer's own name is nobody's business
        assert!(!detail.contains("Roe"), "{name}: {detail}");
        let bound = if *name == "made.avif" {
            "binding not checked"
        } else {
            "file unchanged since"
        };
        assert!(detail.contains(bound), "{name}: {detail}");
    }
}

#[test]
fn a_changed_file_is_told_from_the_one_that_was_signed() {
    let mut bytes = signed("made.jpeg").to_vec();
    let at = bytes.len() - 20;
    bytes[at] ^= 1;
    let (_, says, detail) = first(&bytes);
    assert_eq!(says, Says::AiMade);
    assert!(detail.contains("file changed since"), "{detail}");
}

#[test]
fn what_was_done_decides_what_a_manifest_says() {
    assert_eq!(first(signed("shot.jpeg")).1, Says::Camera);
    assert_eq!(first(signed("filled.jpeg")).1, Says::AiEdited);
    let resized = first(signed("resized.jpeg"));
    assert_eq!(resized.1, Says::AiMade, "an earlier version: {}", resized.2);
    let placed = first(signed("placed.jpeg"));
    assert_eq!(placed.1, Says::AiEdited, "only a part: {}", placed.2);
}

fn source_type(code: &str) -> String {
    format!(
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description \
         Iptc4xmpExt:DigitalSourceType='http://cv.iptc.org/newscodes/digitalsourcetype/{code}'/>\
         </rdf:RDF></x:xmpmeta>"
    )
}

/// The same XMP in every container that holds it.
fn with_xmp(xmp: &str) -> Vec<Vec<u8>> {
    let scene = scene(24, 16);
    let head = b"http://ns.adobe.com/xap/1.0/\0";
    let extended = |at: u32, piece: &str| {
        let name = &b"http://ns.adobe.com/xmp/extension/\0"[..];
        let len = (xmp.len() as u32).to_be_bytes();
        [name, &[b'0'; 32], &len, &at.to_be_bytes(), piece.as_bytes()].concat()
    };
    let (one, two) = xmp.split_at(60);
    // the second piece comes first
    let jpeg = files::jpeg_with(&files::jpeg(&scene), 0xe1, &extended(0, one));
    let cut = files::jpeg_with(&jpeg, 0xe1, &extended(60, two));
    let itxt = [b"XML:com.adobe.xmp\0\0\0\0\0", xmp.as_bytes()].concat();
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(xmp.as_bytes(), 6);
    let packed = [b"XML:com.adobe.xmp\0\x01\0\0\0", &packed[..]].concat();
    vec![
        files::jpeg_with(&files::jpeg(&scene), 0xe1, &[head, xmp.as_bytes()].concat()),
        cut,
        files::png_with(&files::png(&scene), b"iTXt", &itxt),
        files::png_with(&files::png(&scene), b"iTXt", &packed),
        files::webp_with(&files::webp(&scene), 24, 16, &[(b"XMP ", xmp.as_bytes())]),
        avif::Boxed::of(&scene).xmp(xmp).file(),
        tiff::Page::of(&scene).field(700, 1, xmp.as_bytes()).file(),
        files::gif_with(
            &files::gif(&scene, 1),
            0xff,
            &[b"XMP DataXMP", xmp.as_bytes()].concat(),
        ),
    ]
}

#[test]
fn source_types_are_read_wherever_xmp_lies() {
    for (index, bytes) in with_xmp(&source_type("trainedAlgorithmicMedia"))
        .iter()
        .enumerate()
    {
        // GIF keeps XMP in place of its blocks; the fixture cuts it into blocks instead
        if index < 7 {
            let (kind, says, _) = first(bytes);
            assert_eq!((kind, says), (FactKind::Xmp, Says::AiMade), "file {index}");
        }
    }
    let jpeg = |code| first(&with_xmp(&source_type(code))[0]).1;
    assert_eq!(jpeg("compositeWithTrainedAlgorithmicMedia"), Says::AiEdited);
    assert_eq!(jpeg("digitalCapture"), Says::Camera);
    // by its definition no training data is involved
    assert_eq!(jpeg("algorithmicMedia"), Says::Software);
}

#[test]
fn credit_lines_and_tools_are_known() {
    let xmp =
        |property: &str| first(&with_xmp(&format!("<rdf:Description {property}>{:80}", ""))[0]);
    assert_eq!(
        xmp("photoshop:Credit='Made with Google AI'").1,
        Says::AiMade
    );
    assert_eq!(xmp("xmp:CreatorTool='Adobe Firefly'").1, Says::AiMade);
    assert_eq!(
        xmp("xmp:CreatorTool='Adobe Photoshop 25.1 (Windows)'").1,
        Says::Software
    );
}

const A1111: &str = "portrait of Jane Roe in 12 Elm Street\nNegative prompt: blur\nSteps: 20, \
    Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x512, Model hash: abc, Model: dream_8";

#[test]
fn parameters_in_png_text_are_recognised_and_not_repeated() {
    let png = files::png(&scene(24, 16));
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(A1111.as_bytes(), 6);
    for bytes in [
        files::png_with(&png, b"tEXt", &[b"parameters\0", A1111.as_bytes()].concat()),
        files::png_with(&png, b"zTXt", &[b"parameters\0\0", &packed[..]].concat()),
        files::png_with(
            &png,
            b"iTXt",
            &[b"parameters\0\0\0\0\0", A1111.as_bytes()].concat(),
        ),
    ] {
        let (kind, says, detail) = first(&bytes);
        assert_eq!((kind, says), (FactKind::PngText, Says::AiMade));
        assert!(detail.contains("dream_8"), "{detail}");
        assert!(
            !detail.contains("Roe") && !detail.contains("Elm"),
            "{detail}"
        );
    }
    let graph = b"workflow\0{\"last_node_id\": 9, \"nodes\": [], \"links\": []}";
    let bytes = files::png_with(&png, b"tEXt", graph);
    assert_eq!(first(&bytes).2, "ComfyUI graph of a generation");
}

#[test]
fn exif_tells_generators_from_cameras() {
    let jpeg = files::jpeg(&scene(24, 16));
    let utf16: Vec<u8> = A1111.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let comment = [b"UNICODE\0", &utf16[..]].concat();
    let bytes = files::jpeg_with_exif(&jpeg, &exif::with_comment(&comment));
    let (kind, says, detail) = first(&bytes);
    assert_eq!((kind, says), (FactKind::Exif, Says::AiMade), "{detail}");
    assert!(!detail.contains("Roe"), "{detail}");

    let shot = files::jpeg_with_exif(&jpeg, &exif::of_a_shot("Asterisk Optics", "Model Seven"));
    let (_, says, detail) = first(&shot);
    assert_eq!(says, Says::Camera);
    assert_eq!(
        detail,
        "settings of a shot with a Asterisk Optics Model Seven"
    );
    // a maker's name alone is no camera: anything can be written there
    let named = files::jpeg_with_exif(&jpeg, &exif::with_gps(1));
    assert_eq!(read(&named), Provenance::default());
    let faked = files::jpeg_with_exif(&jpeg, &exif::of_a_shot("Midjourney", "v6"));
    assert_eq!(first(&faked).1, Says::AiMade);
}

#[test]
fn stripped_files_say_nothing_any_more() {
    for (name, bytes) in SIGNED {
        let format = sniff(bytes).expect("it is a picture");
        let clean = asterism_media::public_original(bytes, format).expect("it is whole");
        assert_eq!(provenance(&clean, format), Provenance::default(), "{name}");
    }
}

#[test]
fn the_strongest_statement_comes_first_and_details_stay_short() {
    let mut bytes = signed("shot.jpeg").to_vec();
    let head = b"http://ns.adobe.com/xap/1.0/\0";
    let xmp = source_type("trainedAlgorithmicMedia");
    bytes = files::jpeg_with(&bytes, 0xe1, &[head, xmp.as_bytes()].concat());
    let found = read(&bytes);
    assert_eq!(found.facts[0].kind, FactKind::C2pa);
    assert_eq!(found.ai().map(|fact| fact.kind), Some(FactKind::Xmp));
    assert!(
        found
            .facts
            .iter()
            .all(|fact| fact.detail.chars().count() <= 120)
    );
    // a wrong format says nothing, and does not panic
    for format in Format::ALL {
        provenance(&bytes, format);
    }
}
