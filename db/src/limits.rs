//! Every limit of this crate, named in one place.

/// Threads on which the engine runs.
pub const ENGINE_THREADS: usize = 2;
/// Stack of each of them, in bytes: the engine's parser and planner recurse.
pub const ENGINE_STACK_BYTES: usize = 10 * 1024 * 1024;

/// Room for unflushed writes in the embedded engine, in bytes; taken as it is
/// used. Never to be filled: see [`CHECKPOINT_BYTES`].
pub const MEMTABLE_BYTES: usize = 256 * 1024 * 1024;
/// Log of unflushed writes at which they are flushed, in bytes. Bounds the
/// memory for them and what a start has to replay, and is far below
/// [`MEMTABLE_BYTES`] for the reason given in `checkpoint.rs`.
pub const CHECKPOINT_BYTES: u64 = 48 * 1024 * 1024;
/// The log's size is looked at after so many commits.
pub const CHECKPOINT_LOOK: u64 = 16;
/// Block of its tables, in bytes.
pub const BLOCK_BYTES: usize = 64 * 1024;
/// Read cache of the embedded engine, in bytes.
pub const BLOCK_CACHE_BYTES: u64 = 48 * 1024 * 1024;

/// How often a transaction that met another is run in all.
pub const WRITE_TRIES: u32 = 40;
/// First pause between such runs, in milliseconds; it doubles up to the last.
pub const WRITE_PAUSE_MS: u64 = 2;
pub const WRITE_PAUSE_MAX_MS: u64 = 120;

/// A login's last use is written at most this often, in milliseconds.
pub const TOUCH_MS: i64 = 60_000;
/// Characters kept of a client's name and address.
pub const CLIENT_CHARS: usize = 120;

/// A job is given up after so many counted failures.
pub const JOB_ATTEMPTS: u32 = 5;
/// A job is quarantined after so many workers vanished with it.
pub const JOB_LOST: u32 = 3;
/// A job is given up after so many stops of the server while it was at work.
pub const JOB_RESTARTS: u32 = 12;
/// Pause of a job, by how often the server stopped while it was at work.
pub const RESTART_PAUSES_MS: [i64; 8] = [0, 0, 0, 1_000, 2_000, 5_000, 15_000, 60_000];
/// Most jobs given out at once.
pub const LEASE_MAX: usize = 256;

/// Errands of one account that have not ended; that are listed.
pub const ERRANDS_OPEN: usize = 200;
pub const ERRANDS_SHOWN: usize = 300;
/// How long errands are kept that were saved, and that failed, in milliseconds.
pub const SAVED_ERRAND_MS: i64 = 24 * 60 * 60 * 1_000;
pub const FAILED_ERRAND_MS: i64 = 30 * SAVED_ERRAND_MS;

/// MQTT sessions that are remembered of a device.
pub const DEVICE_SESSIONS: usize = 4;
/// Bytes of all uploads by MQTT that are not complete, as announced.
pub const UPLOADS_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Chunks of one upload.
pub const UPLOAD_CHUNKS: usize = 8_192;

/// Most elements, hits or embeddings of one read.
pub const READ_MAX: usize = 5_000;
/// Most events of one relay step or one reading of history.
pub const EVENTS_MAX: usize = 1_000;
/// Clusters that one answer on who can see an element names.
pub const AUDIENCE_CLUSTERS: usize = 100;
/// Things that one step of erasing an account looks up; each is taken away in
/// a transaction of its own.
pub const ERASE_STEP: usize = 100;
/// Deleted elements or clusters that one step of a sweep looks up.
pub const SWEEP_MAX: usize = 200;
/// Events kept per topic whatever their age allows.
pub const HISTORY_PER_TOPIC: u64 = 5_000;

/// Happenings that go when an inbox is full, so that the next one is not full
/// again.
pub const NOTIFICATIONS_SWEPT: usize = 50;
/// Accounts that one step of spreading news tells, and pieces of news that are
/// under way at once.
pub const SPREAD_ACCOUNTS: usize = 64;
pub const SPREAD_NEWS: usize = 8;

/// Other words for one tag, and what one tag implies directly.
pub const TAG_ALIASES: usize = 100;
pub const TAG_IMPLICATIONS: usize = 50;
/// Tags whose elements are looked at in one step of rewriting; elements are
/// bounded by whoever asks for the step.
pub const REWRITE_TAGS: usize = 64;
/// After so long every write by an older vocabulary has ended, in
/// milliseconds: elements are looked at once more then.
pub const REWRITE_SETTLE_MS: i64 = 3_000;

/// Threads that read and write files.
pub const BLOB_THREADS: usize = 4;

/// Pictures whose perceptual hashes differ in at most so many bits are nearly
/// the same: a ruling on one holds for the other. Fewer than the hash has bytes.
pub const SAME_PICTURE_BITS: u32 = 6;
/// Most rows that share a part of a perceptual hash and are compared in full.
pub const BANDS_MAX: usize = 2_000;

/// Elements that a bulk import writes in one transaction: with all that hangs
/// on them some megabytes of log, far less than is left of [`MEMTABLE_BYTES`]
/// when the log is looked at.
pub const BULK_ELEMENTS: usize = 200;
/// Other rows of one such transaction, more or less.
pub const BULK_ROWS: usize = 2_000;
