//! Everything that is derived from the database in memory, put in together.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use db::{Access, FactRow, VectorRow};
use index::{TextIndex, Texts};
use ml::space::{CLIP as CLIP_SPACE, CONSE as CONSE_SPACE};
use protocol::ElementId;
use protocol::element::{Element, Label};
use tokio::sync::watch;

use super::{FactIndex, Library, Spaces};
use crate::PlatformError;

/// The indexes, and how far they are. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Indexes {
    pub library: Arc<Library>,
    pub facts: Arc<FactIndex>,
    pub spaces: Arc<Spaces>,
    pub texts: Arc<TextIndex>,
    /// While everything is read: what events told of meanwhile, which is newer
    /// than what is read.
    told: Arc<Mutex<Option<HashSet<ElementId>>>>,
    loaded: Arc<watch::Sender<bool>>,
}

impl Indexes {
    pub fn new(
        library: Arc<Library>,
        facts: Arc<FactIndex>,
        spaces: Arc<Spaces>,
    ) -> Result<Self, PlatformError> {
        Ok(Self {
            library,
            facts,
            spaces,
            texts: Arc::new(TextIndex::new()?),
            told: Arc::new(Mutex::new(Some(HashSet::new()))),
            loaded: Arc::new(watch::Sender::new(false)),
        })
    }

    /// Was everything read that was stored before this start?
    pub fn loaded(&self) -> watch::Receiver<bool> {
        self.loaded.subscribe()
    }

    /// Says that everything was read.
    pub fn set_loaded(&self) {
        *self.told() = None;
        self.loaded.send_replace(true);
    }

    /// Takes an element over as an event or the database has it now.
    pub fn put(&self, element: &Element) {
        self.tell(&element.id);
        self.put_row(&facts_of(element));
    }

    /// Takes over a vector that is stored now.
    pub fn put_vector(&self, space: &str, id: &ElementId, vector: &[f32]) {
        match space {
            CONSE_SPACE => self.spaces.put_concept(id, vector),
            image => self.spaces.put_image(image, id, vector),
        }
    }

    pub fn remove(&self, id: &ElementId) {
        self.tell(id);
        if let Some(at) = self.facts.remove(id) {
            self.spaces.remove(at);
            self.texts.remove(at);
        }
    }

    /// What was told of while everything is read.
    pub fn told_of(&self) -> Vec<ElementId> {
        let told = self.told();
        told.iter().flatten().cloned().collect()
    }

    /// Takes rows over that were read some time ago: of what was told of since
    /// they say nothing.
    pub fn load_rows(&self, rows: &[FactRow]) {
        let told = self.told();
        let news = |id: &ElementId| told.as_ref().is_some_and(|told| told.contains(id));
        for row in rows.iter().filter(|row| !news(&row.element)) {
            self.put_row(row);
        }
    }

    /// The same of vectors: of pictures in the space in which they are compared,
    /// and of what words are compared with.
    pub fn load_vectors(&self, rows: &[VectorRow]) {
        let told = self.told();
        let news = |id: &ElementId| told.as_ref().is_some_and(|told| told.contains(id));
        for row in rows.iter().filter(|row| !news(&row.element)) {
            match row.space.as_str() {
                CLIP_SPACE | CONSE_SPACE => self.put_vector(&row.space, &row.element, &row.vector),
                // read already, or of a tower that is not in use
                _ => {}
            }
        }
    }

    /// Lets texts be found that were put in, and others no longer.
    ///
    /// # Errors
    /// The text index is broken.
    pub async fn commit_texts(&self) -> Result<(), PlatformError> {
        let texts = self.texts.clone();
        let committed = tokio::task::spawn_blocking(move || texts.commit());
        let committed = committed.await;
        Ok(committed.map_err(|_| PlatformError::Gone("the text index"))??)
    }

    fn put_row(&self, row: &FactRow) {
        let texts = Texts {
            title: &row.title,
            description: &row.description,
            alt: &row.alt,
            file_name: &row.file_name,
            text: &row.text,
        };
        let put = |at| {
            if let Err(error) = self.texts.put(at, texts) {
                tracing::warn!(%error, element = %row.element, "its words are not found until the next start");
            }
        };
        if let Some(at) = self.facts.ordinal(&row.element) {
            // before everybody may see it, former words are not found any more
            put(at);
            self.facts.put(row);
        } else {
            let at = self.facts.put(row);
            // nothing is left of whoever had the number before, whatever came
            // late for them
            self.spaces.remove(at);
            put(at);
        }
    }

    fn tell(&self, id: &ElementId) {
        if let Some(told) = self.told().as_mut() {
            told.insert(id.clone());
        }
    }

    fn told(&self) -> MutexGuard<'_, Option<HashSet<ElementId>>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn facts_of(element: &Element) -> FactRow {
    FactRow {
        element: element.id.clone(),
        kind: element.kind,
        access: access(element),
        handle: element.owner.handle.clone(),
        colors: element.colors.clone(),
        tags: element.tags.clone(),
        labels: element.labels.clone(),
        quality: element.quality,
        created_at: element.created_at,
        title: element.title.clone(),
        description: element.description.clone(),
        alt: element.alt.clone(),
        file_name: element.source.file_name.clone().unwrap_or_default(),
        text: element.text.clone(),
    }
}

/// Who may see it.
pub(crate) fn access(element: &Element) -> Access {
    let flags = element.labels.iter().filter_map(Label::flag);
    Access {
        owner: element.owner.id.clone(),
        visibility: element.visibility,
        flags: flags.map(str::to_owned).collect(),
    }
}
