use super::*;

/// A picture with detail at every scale: stripes that narrow to the right, in
/// colours that change downwards.
fn scene(width: u32, height: u32) -> Picture {
    let mut data = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let phase = (x as f32 / width as f32).powi(2) * 90.0;
            let stripe = 110.0 + 90.0 * (phase + y as f32 / 9.0).sin();
            let warm = y as f32 / height as f32;
            data.extend([
                (stripe * (0.6 + 0.4 * warm)) as u8,
                (stripe * 0.8) as u8,
                (stripe * (1.0 - 0.7 * warm)) as u8,
            ]);
        }
    }
    Picture::from_rgb(width, height, data).expect("fills its size")
}

fn changed(picture: &Picture, change: impl Fn([u8; 3]) -> [u8; 3]) -> Picture {
    let data = picture.to_rgb().data;
    let (pixels, _) = data.as_chunks::<3>();
    let data = pixels.iter().flat_map(|p| change(*p)).collect();
    Picture::from_rgb(picture.width(), picture.height(), data).expect("fills its size")
}

/// Each channel averaged over a square of this radius.
fn blurred(picture: &Picture, radius: usize) -> Picture {
    let rgb = picture.to_rgb();
    let (width, height) = (rgb.width as usize, rgb.height as usize);
    let kernel = vec![1.0 / (2 * radius + 1) as f32; 2 * radius + 1];
    let channels: Vec<Plane> = (0..3)
        .map(|channel| {
            let values = rgb.data.iter().skip(channel).step_by(3);
            let plane = Plane {
                width,
                height,
                values: values.map(|v| f32::from(*v)).collect(),
            };
            plane.filtered(&kernel)
        })
        .collect();
    let data = (0..width * height)
        .flat_map(|at| [0, 1, 2].map(|channel| channels[channel].values[at] as u8))
        .collect();
    Picture::from_rgb(rgb.width, rgb.height, data).expect("fills its size")
}

#[test]
fn blur_costs_sharpness_and_is_named() {
    let sharp = scene(480, 320);
    let soft = blurred(&sharp, 8);
    let (sharp, soft) = (measure(&sharp), measure(&soft));
    assert!(soft.sharpness < sharp.sharpness / 3.0, "{sharp:?} {soft:?}");
    assert_eq!(sharp.blurry.verdict, Tri::No);
    assert_eq!(soft.blurry.verdict, Tri::Yes);
}

#[test]
fn a_sharp_subject_before_a_soft_ground_is_not_blurry() {
    let sharp = scene(480, 320);
    let soft = blurred(&sharp, 8).to_rgb();
    let mut data = soft.data;
    let own = sharp.to_rgb().data;
    for y in 100..220 {
        let row = (y * 480 + 340) * 3..(y * 480 + 460) * 3;
        data[row.clone()].copy_from_slice(&own[row]);
    }
    let portrait = Picture::from_rgb(480, 320, data).unwrap();
    assert_eq!(measure(&portrait).blurry.verdict, Tri::No);
}

#[test]
fn darkness_and_single_tones_are_named() {
    let day = scene(400, 300);
    let night = changed(&day, |p| p.map(|v| v / 6));
    assert_eq!(measure(&night).dark.verdict, Tri::Yes);
    assert_eq!(measure(&day).dark.verdict, Tri::No);
    assert!(measure(&night).exposure < measure(&day).exposure);

    let grey = changed(&day, |p| [p[1]; 3]);
    assert_eq!(measure(&grey).monochrome.verdict, Tri::Yes);
    assert_eq!(measure(&grey).colourfulness, 0.0);
    assert_eq!(measure(&day).monochrome.verdict, Tri::No);
}

#[test]
fn a_flatter_picture_has_less_contrast() {
    let day = scene(400, 300);
    let flat = changed(&day, |p| p.map(|v| 100 + v / 8));
    assert!(measure(&flat).contrast < measure(&day).contrast / 4.0);
}

#[test]
fn nothing_is_too_small_or_too_plain_to_be_measured() {
    for (width, height) in [(1, 1), (1, 900), (900, 1), (3, 4), (16, 16), (2_000, 20)] {
        for value in [0, 127, 255] {
            let data = vec![value; (width * height * 3) as usize];
            let measures = measure(&Picture::from_rgb(width, height, data).unwrap());
            let numbers = [
                measures.sharpness,
                measures.exposure,
                measures.contrast,
                measures.colourfulness,
                measures.composition,
                measures.naturalness,
            ];
            assert!(
                numbers.iter().all(|n| n.is_finite()),
                "{width}×{height} {measures:?}"
            );
        }
    }
}
