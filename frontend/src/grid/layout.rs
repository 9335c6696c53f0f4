//! Where the cards of a masonry stand. Pure numbers, so that nothing has to
//! be measured and nothing moves when a picture arrives.

/// What decides the shape of a masonry, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Width of the whole.
    pub width: f64,
    /// Space between cards.
    pub gap: f64,
    /// Width that a column should have; columns are stretched to fill.
    pub column: f64,
    /// Never fewer columns than this.
    pub least: usize,
    /// Height of the line under each picture, 0 for none.
    pub caption: f64,
    /// Height of the divider between sure and weaker matches.
    pub divider: f64,
}

/// One card.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    /// With the caption.
    pub height: f64,
}

/// All cards, in the order of the list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    pub places: Vec<Place>,
    pub column: f64,
    pub height: f64,
    /// Top of the divider.
    pub divider: Option<f64>,
}

/// Taller pictures are cut to this ratio of height to width, wider ones to its
/// counterpart: one panorama must not push everything else off the screen.
const TALLEST: f64 = 2.4;
const WIDEST: f64 = 0.42;

impl Layout {
    /// Lays out pictures of the given pixel sizes; each goes to the column that
    /// is shortest so far, the leftmost of equals. The cards from
    /// `divider_before` on start below the longest column.
    /// `captioned` says which cards have a line under the picture.
    pub fn new(
        shape: Shape,
        sizes: &[(u32, u32)],
        captioned: impl Fn(usize) -> bool,
        divider_before: Option<usize>,
    ) -> Self {
        if shape.width <= 0.0 {
            return Self::default();
        }
        let count = columns(shape);
        let column = (shape.width - shape.gap * (count as f64 - 1.0)) / count as f64;
        let mut bottoms = vec![0.0f64; count];
        let mut divider = None;
        let mut places = Vec::with_capacity(sizes.len());
        for (index, size) in sizes.iter().enumerate() {
            if divider_before == Some(index) {
                let top = bottoms.iter().copied().fold(0.0, f64::max);
                divider = Some(top);
                bottoms.fill(top + shape.divider);
            }
            let shortest = shortest(&bottoms);
            let caption = if captioned(index) { shape.caption } else { 0.0 };
            let height = (column * ratio(*size)).round() + caption;
            places.push(Place {
                x: shortest as f64 * (column + shape.gap),
                y: bottoms[shortest],
                width: column,
                height,
            });
            bottoms[shortest] += height + shape.gap;
        }
        let height = bottoms.iter().copied().fold(0.0, f64::max) - shape.gap;
        Self {
            places,
            column,
            height: height.max(0.0),
            divider,
        }
    }

    /// Indices of the cards that touch the lines from `top` to `bottom`.
    pub fn between(&self, top: f64, bottom: f64) -> impl Iterator<Item = usize> + '_ {
        self.places
            .iter()
            .enumerate()
            .filter(move |(_, p)| p.y < bottom && p.y + p.height > top)
            .map(|(index, _)| index)
    }
}

/// How many columns come nearest to the wanted width.
pub fn columns(shape: Shape) -> usize {
    let fit = ((shape.width + shape.gap) / (shape.column + shape.gap)).round();
    (fit.max(1.0) as usize).max(shape.least)
}

fn shortest(bottoms: &[f64]) -> usize {
    let mut best = 0;
    for (index, bottom) in bottoms.iter().enumerate() {
        if *bottom < bottoms[best] {
            best = index;
        }
    }
    best
}

/// Height by width, within what a card may have; square until it is known.
fn ratio((width, height): (u32, u32)) -> f64 {
    if width == 0 || height == 0 {
        return 1.0;
    }
    (f64::from(height) / f64::from(width)).clamp(WIDEST, TALLEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DESK: Shape = Shape {
        width: 1232.0,
        gap: 12.0,
        column: 236.0,
        least: 2,
        caption: 0.0,
        divider: 64.0,
    };

    #[test]
    fn a_phone_has_two_columns_and_a_desk_has_five() {
        assert_eq!(columns(DESK), 5);
        assert_eq!(
            columns(Shape {
                width: 366.0,
                ..DESK
            }),
            2
        );
    }

    #[test]
    fn the_first_row_reads_from_left_to_right() {
        let layout = Layout::new(DESK, &[(100, 150); 5], |_| true, None);
        assert!(layout.places.windows(2).all(|pair| pair[0].x < pair[1].x));
        assert!(layout.places.iter().all(|place| place.y == 0.0));
    }

    #[test]
    fn weaker_matches_stand_below_all_sure_ones() {
        let layout = Layout::new(DESK, &[(1, 2), (1, 1), (1, 1)], |_| true, Some(2));
        let line = layout.divider.expect("there is a divider");
        assert!(layout.places[..2].iter().all(|p| p.y + p.height <= line));
        assert!(layout.places[2].y >= line + DESK.divider);
    }

    proptest! {
        #[test]
        fn cards_never_overlap_and_never_move_when_more_come(
            width in 200.0f64..2600.0,
            sizes in prop::collection::vec((0u32..5000, 0u32..5000), 1..60),
            more in prop::collection::vec((1u32..5000, 1u32..5000), 0..20),
        ) {
            let shape = Shape { width, ..DESK };
            let layout = Layout::new(shape, &sizes, |_| true, None);
            for (i, a) in layout.places.iter().enumerate() {
                prop_assert!(a.x >= 0.0 && a.x + a.width <= width + 0.01);
                prop_assert!(a.y + a.height <= layout.height + 0.01);
                for b in &layout.places[i + 1..] {
                    let apart = a.x + a.width <= b.x || b.x + b.width <= a.x
                        || a.y + a.height <= b.y || b.y + b.height <= a.y;
                    prop_assert!(apart);
                }
            }
            let longer: Vec<_> = sizes.iter().chain(&more).copied().collect();
            let grown = Layout::new(shape, &longer, |_| true, None);
            prop_assert_eq!(&grown.places[..sizes.len()], &layout.places[..]);
        }

        #[test]
        fn whatever_is_in_sight_is_found(
            sizes in prop::collection::vec((1u32..500, 1u32..500), 1..60),
            top in 0.0f64..4000.0,
        ) {
            let layout = Layout::new(DESK, &sizes, |_| true, None);
            let found: Vec<_> = layout.between(top, top + 800.0).collect();
            for (index, place) in layout.places.iter().enumerate() {
                let in_sight = place.y < top + 800.0 && place.y + place.height > top;
                prop_assert_eq!(in_sight, found.contains(&index));
            }
        }
    }
}
