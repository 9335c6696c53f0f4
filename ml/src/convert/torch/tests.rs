//! Files put together instruction by instruction, as torch 1.5 wrote them.

use super::*;

#[derive(Default)]
struct Pickle(Vec<u8>);

impl Pickle {
    fn new() -> Self {
        Self(vec![0x80, 2])
    }

    fn op(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    fn text(self, text: &str) -> Self {
        let length = u32::try_from(text.len()).expect("short");
        self.op(b"X").op(&length.to_le_bytes()).op(text.as_bytes())
    }

    fn int(self, n: u8) -> Self {
        self.op(&[b'K', n])
    }

    fn ints(self, items: &[u8]) -> Self {
        let pickle = items.iter().fold(self.op(b"("), |p, &n| p.int(n));
        pickle.op(b"t")
    }

    /// `_rebuild_tensor_v2(('storage', kind, key, 'cpu', n, None), …)`
    fn tensor(self, kind: &str, key: &str, offset: u8, shape: &[u8], strides: &[u8]) -> Self {
        self.op(b"ctorch._utils\n_rebuild_tensor_v2\n((")
            .text("storage")
            .op(format!("ctorch\n{kind}\n").as_bytes())
            .text(key)
            .text("cpu")
            .int(9)
            .op(b"NtQ")
            .int(offset)
            .ints(shape)
            .ints(strides)
            .op(b"\x89ccollections\nOrderedDict\n)RtR")
    }

    fn end(self) -> Vec<u8> {
        self.op(b".").0
    }
}

fn file(dict: Pickle, storages: &[(&str, &[u8], i64)]) -> Vec<u8> {
    let mut bytes = Pickle::new().op(&[0x8a, 10]).op(&MAGIC).end();
    bytes.extend(Pickle::new().op(&[b'M', 0xe9, 3]).end());
    bytes.extend(
        Pickle::new()
            .op(b"}q\x00(")
            .text("little_endian")
            .op(b"\x88u")
            .end(),
    );
    bytes.extend(dict.end());
    let keys = Pickle::new().op(b"]q\x00(");
    let keys = storages.iter().fold(keys, |p, (key, ..)| p.text(key));
    bytes.extend(keys.op(b"e").end());
    for (_, data, count) in storages {
        bytes.extend(count.to_le_bytes());
        bytes.extend(*data);
    }
    bytes
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn example() -> Vec<u8> {
    let dict = Pickle::new()
        .op(b"ccollections\nOrderedDict\nq\x00)Rq\x01(")
        .text("w")
        .tensor("FloatStorage", "11", 1, &[2, 2], &[1, 2])
        .text("counter")
        .tensor("LongStorage", "12", 0, &[], &[])
        .text("h")
        .tensor("HalfStorage", "13", 0, &[2], &[1])
        .op(b"u}")
        .text("_metadata")
        .op(b"}sb");
    let data = floats(&[9.0, 1.0, 2.0, 3.0, 4.0]);
    let halves = [0x00, 0x3c, 0x00, 0xc0];
    file(
        dict,
        &[
            ("11", &data, 5),
            ("12", &[7, 0, 0, 0, 0, 0, 0, 0], 1),
            ("13", &halves, 2),
        ],
    )
}

#[test]
fn views_are_read_through_offset_and_strides() {
    let bytes = example();
    let weights = weights(&bytes).expect("read");
    let found: Vec<_> = weights
        .iter()
        .map(|(name, w)| (name.as_str(), w.shape().to_vec(), w.values()))
        .collect();
    assert_eq!(
        found,
        [
            ("w", vec![2, 2], vec![1.0, 3.0, 2.0, 4.0]),
            ("h", vec![2], vec![1.0, -2.0]),
        ],
        "the integer counter is left out"
    );
}

#[test]
fn what_lies_outside_its_storage_is_refused() {
    let dict = Pickle::new()
        .op(b"}(")
        .text("w")
        .tensor("FloatStorage", "1", 3, &[2], &[1])
        .op(b"u");
    let data = floats(&[0.0; 4]);
    let error = weights(&file(dict, &[("1", &data, 4)]))
        .map(|_| ())
        .expect_err("outside");
    assert!(error.to_string().contains("outside"), "{error}");
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = example();
    for length in 0..bytes.len() {
        assert!(weights(&bytes[..length]).is_err(), "{length}");
    }
}

#[test]
fn a_pickle_cannot_call_anything() {
    let dict = Pickle::new()
        .op(b"}(")
        .text("w")
        .op(b"cos\nsystem\n(")
        .text("true")
        .op(b"tRu");
    let error = weights(&file(dict, &[]))
        .map(|_| ())
        .expect_err("no tensor");
    assert!(error.to_string().contains("w is no tensor"), "{error}");
}

proptest::proptest! {
    #[test]
    fn damage_never_panics(at in 0usize..600, value in proptest::num::u8::ANY) {
        let mut bytes = example();
        let at = at % bytes.len();
        bytes[at] = value;
        if let Ok(weights) = weights(&bytes) {
            // a flipped size may ask for a lot; only reading in bounds matters
            for (_, weight) in weights.iter().filter(|(_, w)| w.shape().iter().product::<usize>() < 1000) {
                drop(weight.values());
            }
        }
    }
}
