//! Writes a tiny picture as a PNG data URL. The pixels are stored, not
//! compressed: previews have at most 32 × 32 of them.

use super::base64;
use super::thumbhash::Preview;

/// `data:image/png;base64,…` of the preview.
pub fn data_url(preview: &Preview) -> String {
    format!("data:image/png;base64,{}", base64::encode(&encode(preview)))
}

fn encode(preview: &Preview) -> Vec<u8> {
    let mut raw = Vec::with_capacity(preview.rgba.len() + preview.height);
    for row in preview.rgba.chunks(preview.width * 4) {
        raw.push(0); // no filter
        raw.extend_from_slice(row);
    }
    let mut header = Vec::with_capacity(13);
    header.extend((preview.width as u32).to_be_bytes());
    header.extend((preview.height as u32).to_be_bytes());
    header.extend([8, 6, 0, 0, 0]); // 8 bits, RGBA, deflate, adaptive, not interlaced

    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, b"IHDR", &header);
    chunk(&mut png, b"IDAT", &stored(&raw));
    chunk(&mut png, b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    png.extend((data.len() as u32).to_be_bytes());
    let start = png.len();
    png.extend(name);
    png.extend(data);
    let sum = crc32(&png[start..]);
    png.extend(sum.to_be_bytes());
}

/// A zlib stream of one stored block; `raw` is far below its limit of 64 KiB.
fn stored(raw: &[u8]) -> Vec<u8> {
    let len = raw.len() as u16;
    let mut out = vec![0x78, 0x01, 0x01];
    out.extend(len.to_le_bytes());
    out.extend((!len).to_le_bytes());
    out.extend(raw);
    out.extend(adler32(raw).to_be_bytes());
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_the_standard_ones() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn a_preview_becomes_a_png() {
        let preview = Preview {
            width: 2,
            height: 1,
            rgba: vec![255, 0, 0, 255, 0, 0, 255, 255],
        };
        let png = encode(&preview);
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert!(png.ends_with(&[0xae, 0x42, 0x60, 0x82]), "CRC of IEND");
        assert!(data_url(&preview).starts_with("data:image/png;base64,iVBORw0KGgo"));
    }
}
