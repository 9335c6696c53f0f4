use protocol::Timestamp;
use protocol::notification::What;

use super::*;

fn note(id: &str, seq: u64) -> Notification {
    Notification {
        id: id.into(),
        seq,
        what: What::Liked,
        actors: Vec::new(),
        people: 1,
        count: 1,
        elements: Vec::new(),
        cluster: None,
        at: Timestamp::from_millis(0),
    }
}

fn page(items: &[(&str, u64)], read_up_to: u64, next: Option<&str>) -> NotificationPage {
    let latest = items.iter().map(|(_, seq)| *seq).max().unwrap_or(0);
    let unread = items.iter().filter(|(_, seq)| *seq > read_up_to).count();
    NotificationPage {
        items: items.iter().map(|(id, seq)| note(id, *seq)).collect(),
        next_cursor: next.map(|n| n.parse().expect("a cursor")),
        state: ReadState {
            read_up_to,
            unread: unread as u32,
            latest,
        },
    }
}

fn ids(state: &InboxState) -> Vec<&str> {
    let shown = state.shown.as_ref().expect("open");
    shown.items.iter().map(|item| item.id.as_str()).collect()
}

/// A page that was opened with two unread entries.
fn opened() -> InboxState {
    let mut state = InboxState::default();
    state.received(page(&[("c", 5), ("b", 4), ("a", 2)], 3, None));
    assert_eq!(state.open(), Some(5));
    state
}

#[test]
fn the_boundary_stays_where_it_was_when_the_page_was_opened() {
    let mut state = opened();
    let boundary = |state: &InboxState| state.shown.as_ref().expect("open").boundary;
    assert_eq!(boundary(&state), 3);
    state.read_up_to(5);
    assert_eq!((state.read.unread, boundary(&state)), (0, 3));
    state.received(page(&[("c", 5), ("b", 4), ("a", 2)], 5, None));
    assert_eq!(boundary(&state), 3);
    // who comes back before anything new came finds it as it was
    assert_eq!(state.open(), None);
    assert_eq!(boundary(&state), 3);
    state.all_read();
    assert_eq!(boundary(&state), 5);
    // opened again after something new: from where it was read
    state.received(page(&[("d", 6), ("c", 5)], 5, None));
    assert_eq!(state.open(), Some(6));
    assert_eq!(boundary(&state), 5);
}

#[test]
fn what_comes_waits_and_moves_nothing() {
    let mut state = opened();
    state.received(page(&[("a", 7), ("d", 6), ("c", 5), ("b", 4)], 5, None));
    assert_eq!(ids(&state), ["c", "b", "a"]);
    assert_eq!(state.waiting(), 2, "a new one and one that grew");
    assert_eq!(state.show_new(), Some(7));
    assert_eq!(ids(&state), ["a", "d", "c", "b"]);
    assert_eq!(state.waiting(), 0);
    assert_eq!(state.shown.as_ref().expect("open").boundary, 3);
}

#[test]
fn what_is_taken_back_goes_at_once() {
    let mut state = opened();
    state.gone("b");
    assert_eq!(ids(&state), ["c", "a"]);
    // one that shrank is shown so, in its place
    let mut fewer = page(&[("a", 2)], 3, None);
    fewer.items[0].people = 4;
    state.received(fewer);
    assert_eq!(ids(&state), ["a"]);
    assert_eq!(state.shown.as_ref().expect("open").items[0].people, 4);
}

#[test]
fn further_pages_stay_when_the_first_is_fetched_again() {
    let mut state = InboxState::default();
    state.received(page(&[("d", 9), ("c", 8)], 9, Some("8")));
    state.open();
    state.more(page(&[("b", 3), ("a", 1), ("c", 8)], 9, None));
    assert_eq!(ids(&state), ["d", "c", "b", "a"]);
    state.received(page(&[("d", 9), ("c", 8)], 9, Some("8")));
    assert_eq!(ids(&state), ["d", "c", "b", "a"]);
    state.received(page(&[("d", 9), ("b", 3)], 9, Some("3")));
    assert_eq!(ids(&state), ["d", "b", "a"], "gone within the page");
}
