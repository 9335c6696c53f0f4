//! Chooses the square of a picture that becomes the account's own: by pointer
//! and touch, by keys, and by a slider.

use web_sys::{Element as Node, File, HtmlElement, HtmlImageElement, HtmlInputElement};
use yew::prelude::*;

use super::square::{LEAST, Square};
use crate::visual::use_address;

#[derive(Properties, PartialEq)]
pub struct CropProps {
    pub file: File,
    /// None until the picture's size is known.
    pub square: Option<Square>,
    pub onchange: Callback<Square>,
    /// The browser cannot show it.
    pub onbroken: Callback<()>,
}

/// A pointer that is down: where it began, and where the square was.
#[derive(Clone, Copy, PartialEq)]
struct Drag {
    from: (f32, f32),
    square: Square,
    /// At the corner: it resizes.
    corner: bool,
}

#[component]
pub fn Crop(props: &CropProps) -> Html {
    let address = use_address(&props.file);
    let node = use_node_ref();
    let held = use_node_ref();
    let drag = use_mut_ref(|| None::<Drag>);
    let onload = props.onchange.reform(|event: Event| {
        let image: HtmlImageElement = event.target_unchecked_into();
        Square::of(image.natural_width(), image.natural_height())
    });
    let onerror = props.onbroken.reform(|_: Event| ());
    let square = props.square;
    let down = |corner: bool| {
        let (node, held, drag, tell) = (
            node.clone(),
            held.clone(),
            drag.clone(),
            props.onchange.clone(),
        );
        Callback::from(move |event: PointerEvent| {
            let (Some(square), Some(node)) = (square, node.cast::<Node>()) else {
                return;
            };
            if event.button() != 0 {
                return;
            }
            event.prevent_default();
            event.stop_propagation();
            // whatever leaves the picture while it is held still counts
            let _ = node.set_pointer_capture(event.pointer_id());
            let from = point(&node, &event);
            let region = square.region();
            let inside = (region.x..=region.x + region.w).contains(&from.0)
                && (region.y..=region.y + region.h).contains(&from.1);
            // beside the square, a press brings it there
            let square = match corner || inside {
                true => square,
                false => square.around(from.0, from.1),
            };
            tell.emit(square);
            drag.replace(Some(Drag {
                from,
                square,
                corner,
            }));
            if let Some(held) = held.cast::<HtmlElement>() {
                let _ = held.focus();
            }
        })
    };
    let onpointermove = {
        let (node, drag, tell) = (node.clone(), drag.clone(), props.onchange.clone());
        Callback::from(move |event: PointerEvent| {
            if let (Some(drag), Some(node)) = (*drag.borrow(), node.cast::<Node>()) {
                let to = point(&node, &event);
                tell.emit(dragged(drag, to, &node));
            }
        })
    };
    let up = {
        let drag = drag.clone();
        Callback::from(move |_: PointerEvent| {
            drag.take();
        })
    };
    let onkeydown = {
        let tell = props.onchange.clone();
        Callback::from(move |event: KeyboardEvent| {
            let next = square.and_then(|s| s.keyed(&event.key(), event.shift_key()));
            if let Some(next) = next {
                event.prevent_default();
                tell.emit(next);
            }
        })
    };
    let onscale = {
        let tell = props.onchange.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(square) = square {
                tell.emit(square.scaled((input.value_as_number() / 100.0) as f32));
            }
        })
    };
    let source = address.as_str().to_owned();
    html! {
        <div class="crop">
            <div class="crop-stage" ref={node.clone()} onpointerdown={down(false)} {onpointermove} onpointerup={up.clone()} onpointercancel={up}>
                <img src={source} alt="The picture that you chose" draggable="false" {onload} {onerror} />
                if let Some(square) = square {
                    <div class="crop-box" ref={held.clone()} style={style(&square)} tabindex="0" role="application"
                        aria-roledescription="selection square" aria-label={format!("The part that is shown: {}", square.said())}
                        aria-describedby="crop-help" {onkeydown}>
                        <span class="crop-corner" aria-hidden="true" onpointerdown={down(true)}></span>
                    </div>
                }
            </div>
            if let Some(square) = square {
                <label class="crop-size" for="crop-size">{ "Size of the part" }
                    <input id="crop-size" type="range" min={((LEAST * 100.0) as i32).to_string()} max="100" step="1"
                        value={((square.scale() * 100.0).round() as i32).to_string()} oninput={onscale} />
                </label>
                <p class="field-hint" id="crop-help">{ "Drag the square, or press where its middle shall be. With the keyboard: arrows move it, Shift and arrows resize it." }</p>
            }
        </div>
    }
}

/// The part as it will be shown, round.
#[derive(Properties, PartialEq)]
pub struct RoundProps {
    pub file: File,
    pub square: Square,
}

#[component]
pub fn Round(props: &RoundProps) -> Html {
    let address = use_address(&props.file);
    let region = props.square.region();
    let style = format!(
        "width:{:.3}%;height:{:.3}%;left:{:.3}%;top:{:.3}%",
        100.0 / region.w,
        100.0 / region.h,
        -100.0 * region.x / region.w,
        -100.0 * region.y / region.h
    );
    html! {
        <span class="avatar is-huge is-cut" aria-hidden="true">
            <img src={address.as_str().to_owned()} alt="" {style} />
        </span>
    }
}

fn style(square: &Square) -> String {
    let region = square.region();
    format!(
        "left:{:.3}%;top:{:.3}%;width:{:.3}%;height:{:.3}%",
        region.x * 100.0,
        region.y * 100.0,
        region.w * 100.0,
        region.h * 100.0
    )
}

/// Where a pointer is, in parts of the picture's sides.
fn point(node: &Node, event: &PointerEvent) -> (f32, f32) {
    let rect = node.get_bounding_client_rect();
    let x = (f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0);
    let y = (f64::from(event.client_y()) - rect.top()) / rect.height().max(1.0);
    (x as f32, y as f32)
}

fn dragged(drag: Drag, to: (f32, f32), node: &Node) -> Square {
    let rect = node.get_bounding_client_rect();
    let shorter = rect.width().min(rect.height()).max(1.0) as f32;
    let (width, height) = (rect.width() as f32, rect.height() as f32);
    // in parts of the shorter side, as the square counts
    let dx = (to.0 - drag.from.0) * width / shorter;
    let dy = (to.1 - drag.from.1) * height / shorter;
    match drag.corner {
        true => drag.square.scaled(drag.square.scale() + dx + dy),
        false => drag.square.moved(dx, dy),
    }
}
