//! Line icons on a 24-pixel grid, drawn for this app.

use yew::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IconName {
    Home,
    Compass,
    Search,
    Plus,
    User,
    Close,
    Left,
    Right,
    Down,
    Check,
    Alert,
    Retry,
    Download,
    Link,
    Trash,
    Pencil,
    Eye,
    EyeOff,
    Lock,
    Globe,
    Sun,
    Moon,
    Screen,
    Device,
    Heart,
    Leave,
    Clock,
    Upload,
    Spark,
    Up,
    Undo,
    Flag,
    Sliders,
    Shield,
    Chip,
    List,
    Copy,
    Stack,
    Less,
    Share,
    Grip,
    Dots,
    Look,
    Star,
    Tag,
    Help,
    Merge,
    Bell,
    BellOff,
}

impl IconName {
    fn path(self) -> &'static str {
        match self {
            IconName::Home => "M4 10.5 12 4l8 6.5V19a1 1 0 0 1-1 1h-4.5v-6h-5v6H5a1 1 0 0 1-1-1z",
            IconName::Compass => {
                "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18m3.8 5.2-2.3 5.3-5.3 2.3 2.3-5.3z"
            }
            IconName::Search => "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14m5 12 4.2 4.2",
            IconName::Plus => "M12 5v14M5 12h14",
            IconName::User => "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20a7.5 7.5 0 0 1 15 0",
            IconName::Close => "m6 6 12 12M18 6 6 18",
            IconName::Left => "m14.5 5-7 7 7 7",
            IconName::Right => "m9.5 5 7 7-7 7",
            IconName::Down => "m6 9.5 6 6 6-6",
            IconName::Up => "M12 19V5m-6 6 6-6 6 6",
            IconName::Check => "m5 12.5 4.5 4.5L19 7.5",
            IconName::Alert => "M12 3.5 21.5 20h-19zM12 10v4.5m0 2.6v.1",
            IconName::Retry => "M19.5 12a7.5 7.5 0 1 1-2.2-5.3M19.5 3.5V7.5h-4",
            IconName::Download => "M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14",
            IconName::Link => {
                "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1m2 3.7a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1"
            }
            IconName::Trash => "M5 7h14M9.5 7V4.5h5V7m3 0-.8 12.5H7.3L6.5 7m4 3.5v5.5m3-5.5v5.5",
            IconName::Pencil => "m5 19 .8-3.8L16 5l3 3L8.8 18.2zM14 7l3 3",
            IconName::Eye => {
                "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6"
            }
            IconName::EyeOff => {
                "M9.9 5.8A9 9 0 0 1 12 5.5C18 5.5 21.5 12 21.5 12a16 16 0 0 1-2.8 3.4M6.3 7.4A15 15 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4.3-1.1M10 10a2.8 2.8 0 0 0 4 4M4 4l16 16"
            }
            IconName::Undo => "M8.5 5 4.5 9l4 4M5 9h9a5 5 0 0 1 0 10h-3",
            IconName::Flag => "M6 21V4.5h11l-2.5 4 2.5 4H6",
            IconName::Sliders => {
                "M4 7h9m5 0h2M4 17h3m5 0h8M15.5 4.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4M9.5 14.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4"
            }
            IconName::Shield => {
                "M12 3.5 5 6v5.5c0 4.3 2.9 7.4 7 9 4.1-1.6 7-4.7 7-9V6zM9 12l2.2 2.2L15.5 10"
            }
            IconName::Chip => {
                "M7 7h10v10H7zM10 4v3m4-3v3m-4 10v3m4-3v3M4 10h3m-3 4h3m10-4h3m-3 4h3"
            }
            IconName::List => "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.1M4.5 12h.1M4.5 17.5h.1",
            IconName::Copy => "M9 9h10v10H9zM15 9V5H5v10h4",
            IconName::Stack => {
                "M6 9.5h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1M7 6.5h10M9 3.5h6"
            }
            IconName::Less => "M4 6.5h16M7 12h10M10 17.5h4",
            IconName::Share => "M12 15V4m-4 4 4-4 4 4M6 11.5H5V20h14v-8.5h-1",
            IconName::Dots => {
                "M5 12a.5 .5 0 1 0 1 0 .5 .5 0 0 0-1 0M11.5 12a.5 .5 0 1 0 1 0 .5 .5 0 0 0-1 0M18 12a.5 .5 0 1 0 1 0 .5 .5 0 0 0-1 0"
            }
            IconName::Grip => {
                "M8.5 6a.5 .5 0 1 0 1 0 .5 .5 0 0 0-1 0M14.5 6a.5 .5 0 1 0 1 0 .5 .5 0 0 0-1 0M8.5 12a.5 .5 0 1 0 1 0 .5 .5 0 0 0-1 0M14.5 12a.5 .5 0 1 0 1 0 .5 .5 0 0 0-1 0M8.5 18a.5 .5 0 1 0 1 0 .5 .5 0 0 0-1 0M14.5 18a.5 .5 0 1 0 1 0 .5 .5 0 0 0-1 0"
            }
            IconName::Look => {
                "M4 8V6a2 2 0 0 1 2-2h2M16 4h2a2 2 0 0 1 2 2v2M4 16v2a2 2 0 0 0 2 2h2M11.5 8a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7m2.6 6.1L20 20"
            }
            IconName::Star => {
                "m12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z"
            }
            IconName::Tag => "M4 4h7.5l8.5 8.5-7.5 7.5L4 11.5zM8 7.5v.1",
            IconName::Help => {
                "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9.3 9.3a2.8 2.8 0 1 1 4.1 2.5c-.9.5-1.4 1-1.4 2m0 2.6v.1"
            }
            IconName::Merge => "M5 5c0 5 7 5 7 10v5M19 5c0 5-7 5-7 10m-3.5 2L12 20.5l3.5-3.5",
            IconName::Bell => {
                "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5a2.2 2.2 0 0 0 4 0M12 3v2"
            }
            IconName::BellOff => {
                "M8.2 6.4A6 6 0 0 1 18 11v4.2M16 18H4.5L6 16.5V11c0-.8.1-1.5.4-2.1M10 20.5a2.2 2.2 0 0 0 4 0M4 4l16 16"
            }
            IconName::Lock => "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
            IconName::Globe => {
                "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3.5 12h17M12 3c2.5 2.5 3.7 5.5 3.7 9S14.5 18.5 12 21c-2.5-2.5-3.7-5.5-3.7-9S9.5 5.5 12 3"
            }
            IconName::Sun => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"
            }
            IconName::Moon => "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10",
            IconName::Screen => "M4 5h16v11H4zM9 20h6M12 16v4",
            IconName::Device => "M3.5 6h13v9h-13zM2 18.5h11M16.5 10.5h5v9h-5z",
            IconName::Heart => {
                "M12 20S4 15 4 9.5A4.3 4.3 0 0 1 12 7.3a4.3 4.3 0 0 1 8 2.2C20 15 12 20 12 20"
            }
            IconName::Leave => "M14 4.5H6v15h8M10.5 12H21m-3.5-3.5L21 12l-3.5 3.5",
            IconName::Clock => "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5V12l3 2",
            IconName::Upload => "M12 15.5V4.5M7.5 9 12 4.5 16.5 9M5 19.5h14",
            IconName::Spark => {
                "M12 4c.7 4.7 3.3 7.3 8 8-4.7.7-7.3 3.3-8 8-.7-4.7-3.3-7.3-8-8 4.7-.7 7.3-3.3 8-8"
            }
        }
    }
}

#[derive(Properties, PartialEq)]
pub struct IconProps {
    pub name: IconName,
    #[prop_or(20)]
    pub size: u32,
    #[prop_or_default]
    pub class: Classes,
}

/// Always beside a text or inside something that is labelled.
#[component]
pub fn Icon(props: &IconProps) -> Html {
    let size = props.size.to_string();
    html! {
        <svg
            class={classes!("icon", props.class.clone())}
            width={size.clone()} height={size} viewBox="0 0 24 24"
            fill="none" stroke="currentColor" stroke-width="1.75"
            stroke-linecap="round" stroke-linejoin="round"
            aria-hidden="true" focusable="false"
        ><path d={props.name.path()} /></svg>
    }
}
