use std::ops::Deref;
use std::sync::Arc;

use super::{Engine, Loadable};

/// A loaded model in use; it is not unloaded while one of these lives. Hold it
/// for one piece of work and drop it before asking for another model, or two
/// workers could each wait for what the other holds.
pub struct Lease<M: Loadable> {
    engine: Arc<Engine>,
    generation: u64,
    // an Option only so that it goes before the engine counts it as given back
    model: Option<Arc<M>>,
}

impl<M: Loadable> Lease<M> {
    pub(super) fn new(engine: Arc<Engine>, model: Arc<M>, generation: u64) -> Self {
        Self {
            engine,
            generation,
            model: Some(model),
        }
    }
}

impl<M: Loadable> Deref for Lease<M> {
    type Target = M;

    fn deref(&self) -> &M {
        self.model.as_deref().expect("present until dropped")
    }
}

impl<M: Loadable> Drop for Lease<M> {
    fn drop(&mut self) {
        self.model = None;
        self.engine.give_back(self.generation);
    }
}
