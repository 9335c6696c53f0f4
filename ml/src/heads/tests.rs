use super::*;

fn shipped() -> Vec<u8> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../assets/heads/heads.safetensors"
    );
    std::fs::read(path).expect("the asset")
}

#[derive(serde::Deserialize)]
struct Golden {
    seed: u32,
    ai_made: f32,
    style: [f32; 4],
}

#[test]
fn the_shipped_heads_say_what_the_training_script_says() {
    let heads = Heads::load(&shipped()).expect("loads");
    let golden: Vec<Golden> =
        serde_json::from_str(include_str!("../../tests/golden/heads.json")).expect("golden");
    for each in golden {
        let wave = |width: usize, lift: f64| -> Vec<f32> {
            (0..width)
                .map(|at| ((f64::from(each.seed) + at as f64).sin() + lift) as f32)
                .collect()
        };
        let (clip, features) = (wave(CLIP_WIDTH, 0.0), wave(FEATURES, 1.0));
        let ai_made = heads.ai_made(&clip, &features);
        assert!((ai_made - each.ai_made).abs() < 1e-3, "{ai_made}");
        let style = heads.style(&clip, &features);
        for (got, wanted) in style.iter().zip(each.style) {
            assert!((got - wanted).abs() < 1e-3, "{style:?}");
        }
        assert!((style.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn a_yes_needs_more_than_doubt() {
    let heads = Heads::load(&shipped()).expect("loads");
    let (unsure, yes) = heads.ai_bands();
    assert!(unsure < yes && yes >= 0.9, "{unsure} {yes}");
    assert!(heads.version().starts_with("heads@"));
}

#[test]
fn broken_files_are_refused() {
    let whole = shipped();
    assert!(Heads::load(&whole[..whole.len() / 2]).is_err());
    assert!(Heads::load(b"").is_err());
}
