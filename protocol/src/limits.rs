//! Every limit a client can run into, named in one place.

/// Largest file of one upload, in bytes.
pub const UPLOAD_BYTES: usize = 64 * 1024 * 1024;
/// Most files in one multipart request.
pub const UPLOAD_FILES: usize = 50;
/// Largest JSON body, in bytes.
pub const JSON_BYTES: usize = 64 * 1024;

/// Items on one page of a list, by default and at most.
pub const PAGE_DEFAULT: usize = 40;
pub const PAGE_MAX: usize = 100;

/// How many items a page has that was asked for so.
pub fn page(asked: Option<usize>) -> usize {
    asked.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX)
}

/// Elements that one bulk fetch or change may name, and tags that one may put
/// on and take off.
pub const BULK_IDS: usize = 100;
pub const BULK_TAGS: usize = 50;

/// Characters of an account's handle.
pub const HANDLE_MIN: usize = 2;
pub const HANDLE_MAX: usize = 30;
/// Characters of a password. The upper bound keeps hashing cheap to bound.
pub const PASSWORD_MIN: usize = 8;
pub const PASSWORD_MAX: usize = 256;
/// Characters of a display name, a title, a description, a text in place of a
/// picture, a tag, a search.
pub const DISPLAY_NAME_MAX: usize = 60;
pub const TITLE_MAX: usize = 200;
pub const DESCRIPTION_MAX: usize = 4_000;
pub const ALT_MAX: usize = 1_000;
pub const TAG_MAX: usize = 60;
pub const QUERY_MAX: usize = 500;
/// Bytes of an address that somebody types; characters of an author's or a
/// site's name.
pub const URL_MAX: usize = 2_000;
pub const AUTHOR_MAX: usize = 120;
/// Characters of an appeal or of a moderator's answer; of the words kept of a
/// picture.
pub const NOTE_MAX: usize = 1_000;
pub const READ_TEXT_MAX: usize = 8_000;

/// Characters of what an account says of itself; links to where else it is,
/// characters of a link's title.
pub const BIO_MAX: usize = 500;
pub const PROFILE_LINKS: usize = 5;
pub const LINK_TITLE_MAX: usize = 40;
/// Changes of a handle in so many days.
pub const HANDLE_CHANGES: usize = 3;
pub const HANDLE_CHANGE_DAYS: i64 = 30;
/// Largest picture that an avatar is cut from, in bytes; sides of the squares
/// that are made of it, in pixels.
pub const AVATAR_BYTES: usize = 16 * 1024 * 1024;
pub const AVATAR_SIDES: [u32; 2] = [96, 320];
/// Accounts that one follows, mutes and blocks.
pub const FOLLOWS_PER_USER: usize = 5_000;
pub const MUTES_PER_USER: usize = 1_000;
pub const BLOCKS_PER_USER: usize = 1_000;
/// How long the receipt of a deleted account can be had, in days.
pub const RECEIPT_DAYS: i64 = 30;

/// Characters of a cluster's or a section's name; sections of a cluster;
/// clusters of an account; elements of a cluster; members of a cluster.
pub const CLUSTER_NAME_MAX: usize = 80;
pub const CLUSTER_SECTIONS: usize = 50;
pub const CLUSTERS_PER_USER: usize = 2_000;
pub const CLUSTER_ELEMENTS: usize = 20_000;
pub const CLUSTER_MEMBERS: usize = 100;
/// Pictures of a cluster that are shown in lists of clusters.
pub const CLUSTER_COVERS: usize = 4;
/// Life of an invitation, in days.
pub const INVITE_DAYS: i64 = 7;

/// How long the deletion of an element or a cluster can be taken back, in
/// seconds; what an operator says goes before it.
pub const UNDO_SECONDS: u64 = 600;

/// Happenings that are kept for an account; the oldest go first.
pub const NOTIFICATIONS_KEPT: usize = 1_000;
/// Accounts that one notification names, and pictures that it shows.
pub const NOTIFICATION_ACTORS: usize = 3;
pub const NOTIFICATION_PICTURES: usize = 4;
/// How far an account's clock may be ahead of UTC, in minutes.
pub const UTC_OFFSET_MINUTES: std::ops::RangeInclusive<i16> = -720..=840;

/// Life of a login that is not used, in days.
pub const LOGIN_DAYS: i64 = 60;

/// Widths of the derived pictures, in pixels; never more than the original's.
pub const VARIANT_WIDTHS: [u32; 3] = [320, 640, 1280];

/// WebSocket: largest frame that a client may send, in bytes.
pub const WS_FRAME_BYTES: usize = 64 * 1024;
/// WebSocket: interval of heartbeats both ways, in milliseconds.
pub const WS_HEARTBEAT_MS: u64 = 15_000;
/// WebSocket: time to identify after connecting, in milliseconds.
pub const WS_IDENTIFY_MS: u64 = 10_000;
/// WebSocket: frames waiting for one slow client before it is cut off.
pub const WS_QUEUE: usize = 256;
/// WebSocket: sent frames kept for `resume`.
pub const WS_REPLAY: usize = 512;
/// WebSocket: how long a cut session can be resumed, in milliseconds.
pub const WS_RESUME_MS: u64 = 120_000;
/// WebSocket: topics of one session.
pub const WS_TOPICS: usize = 200;
/// WebSocket: client frames per second, and the burst above it.
pub const WS_FRAMES_PER_SECOND: u32 = 20;
pub const WS_FRAMES_BURST: u32 = 60;
/// WebSocket: searches and pages of feeds that wait for their turn in one
/// session; carried out commands whose answers it remembers.
pub const WS_ASKED: usize = 4;
pub const WS_ANSWERED: usize = 64;
/// WebSocket: connections of one account.
pub const WS_PER_USER: usize = 20;
/// WebSocket: shortest time between two signals of one topic, in milliseconds;
/// of what changes meanwhile only the latest is told.
pub const WS_SIGNAL_MS: u64 = 200;
/// Accounts that one presence signal names.
pub const PRESENCE_PEOPLE: usize = 100;

/// Devices of an account; characters of a device's name.
pub const DEVICES_PER_USER: usize = 200;
pub const DEVICE_NAME_MAX: usize = 60;
/// Pictures and bytes that a device may send in a day: unless its owner says
/// otherwise, and at most.
pub const DEVICE_FRAMES_PER_DAY: u32 = 20_000;
pub const DEVICE_FRAMES_PER_DAY_MAX: u32 = 500_000;
pub const DEVICE_BYTES_PER_DAY: u64 = 4 << 30;
pub const DEVICE_BYTES_PER_DAY_MAX: u64 = 256 << 30;
/// How long a camera may be away without a goodbye before its owner is told,
/// in seconds; what an operator says goes before it.
pub const DEVICE_PATIENCE_SECONDS: u64 = 120;
/// MQTT: largest picture in one message, in bytes; a larger one comes in chunks.
pub const MQTT_FRAME_BYTES: usize = 8 * 1024 * 1024;
/// MQTT: most bytes of a chunk, without its CRC; fewest, but for the last one.
pub const MQTT_CHUNK_BYTES: usize = 256 * 1024;
pub const MQTT_CHUNK_BYTES_MIN: usize = 512;
/// MQTT: largest payload of any other message, in bytes.
pub const MQTT_SMALL_BYTES: usize = 4 * 1024;
/// MQTT: uploads of one device that are not complete; hours without a chunk
/// after which one is forgotten.
pub const MQTT_UPLOADS: usize = 8;
pub const MQTT_UPLOAD_HOURS: u64 = 24;
/// MQTT: pictures that a device may send per second, and the burst above it.
pub const MQTT_FRAMES_PER_SECOND: u32 = 10;
pub const MQTT_FRAMES_BURST: u32 = 30;
/// MQTT: messages of any kind per second, and the burst above it.
pub const MQTT_MESSAGES_PER_SECOND: u32 = 200;
pub const MQTT_MESSAGES_BURST: u32 = 400;
/// MQTT: connections of one device at once; filters of one connection.
pub const MQTT_PER_DEVICE: usize = 4;
pub const MQTT_FILTERS: usize = 64;
