//! Where a pop-over stands beside its button.

/// In CSS pixels of the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placing {
    pub left: f64,
    /// Of its upper edge from the top, or of its lower edge from the bottom.
    pub edge: f64,
    pub above: bool,
    /// It may be no higher.
    pub height: f64,
}

/// How large it would like to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// To the button, and to the window's edges.
const GAP: f64 = 6.0;
const MARGIN: f64 = 10.0;

/// Below the button if there is room or more of it than above; its right edge
/// with the button's, but never outside the window.
pub fn place(button: Area, wanted: Size, width: f64, height: f64) -> Placing {
    let below = height - button.bottom - GAP - MARGIN;
    let above = button.top - GAP - MARGIN;
    let goes_above = below < wanted.height && above > below;
    let room = if goes_above { above } else { below };
    let farthest = (width - wanted.width - MARGIN).max(MARGIN);
    Placing {
        left: (button.right - wanted.width).clamp(MARGIN, farthest),
        edge: if goes_above {
            height - button.top + GAP
        } else {
            button.bottom + GAP
        },
        above: goes_above,
        height: room.clamp(wanted.height / 3.0, wanted.height),
    }
}

impl Placing {
    /// CSS that puts it there.
    pub fn style(self) -> String {
        let edge = if self.above { "bottom" } else { "top" };
        format!(
            "left:{:.0}px;{edge}:{:.0}px;max-height:{:.0}px",
            self.left, self.edge, self.height
        )
    }
}

/// The same in the window as it is now.
pub fn place_in_window(button: Area, wanted: Size) -> Placing {
    let window = gloo::utils::window();
    let size = |value: Result<wasm_bindgen::JsValue, _>| {
        let value = value.ok();
        value.and_then(|value| value.as_f64()).unwrap_or_default()
    };
    let (width, height) = (size(window.inner_width()), size(window.inner_height()));
    place(button, wanted, width, height)
}

/// Where something stands in the window.
pub fn area_of(element: &web_sys::Element) -> Area {
    let area = element.get_bounding_client_rect();
    Area {
        left: area.left(),
        top: area.top(),
        right: area.right(),
        bottom: area.bottom(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Size = Size {
        width: 340.0,
        height: 500.0,
    };

    fn button(left: f64, top: f64) -> Area {
        Area {
            left,
            top,
            right: left + 80.0,
            bottom: top + 36.0,
        }
    }

    #[test]
    fn it_stands_below_where_there_is_room() {
        let placing = place(button(800.0, 100.0), WANTED, 1280.0, 800.0);
        assert!(!placing.above);
        assert_eq!((placing.left, placing.edge), (540.0, 142.0));
        assert_eq!(placing.height, WANTED.height);
    }

    #[test]
    fn low_buttons_have_it_above_and_it_stays_in_the_window() {
        let placing = place(button(20.0, 700.0), WANTED, 1280.0, 800.0);
        assert!(placing.above);
        assert_eq!((placing.left, placing.edge), (MARGIN, 106.0));
        let narrow = place(button(20.0, 100.0), WANTED, 300.0, 500.0);
        assert_eq!(narrow.left, MARGIN);
        assert!(narrow.height <= 500.0);
    }
}
