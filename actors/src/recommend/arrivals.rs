//! New elements, judged one by one against an account's interests.

use db::{Access, Viewer};
use protocol::cluster::ClusterRef;
use protocol::{ElementId, UserId};

use super::{Recommender, Source};

/// A public element that can be judged by its looks from now on.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub element: ElementId,
    pub access: Access,
    /// Centred, of length one.
    pub vector: Vec<f32>,
}

impl Recommender {
    pub fn has_vector(&self, id: &ElementId) -> bool {
        let mut one = vec![id.clone()];
        self.spaces.retain_known(&mut one);
        !one.is_empty()
    }

    /// Those of the elements whose vector and whose facts are in memory.
    pub fn arrivals(&self, ids: &[ElementId]) -> Vec<Arrival> {
        let vectors = self.spaces.vectors(ids);
        self.facts.with(|known| {
            let arrival = |(at, vector): (usize, Vec<f32>)| {
                Some(Arrival {
                    access: known.get(&ids[at])?.access().clone(),
                    element: ids[at].clone(),
                    vector,
                })
            };
            vectors.into_iter().filter_map(arrival).collect()
        })
    }

    /// Those that fit what the account is interested in, each with the cluster
    /// that it fits best.
    pub fn fitting(
        &self,
        viewer: &Viewer,
        user: &UserId,
        sources: &[Source],
        less: &[ElementId],
        arrivals: &[Arrival],
    ) -> Vec<(ElementId, Option<ClusterRef>)> {
        let fits = |arrival: &Arrival| {
            let Arrival {
                element,
                access,
                vector,
            } = arrival;
            if access.owner == *user || !viewer.lists(access) {
                return None;
            }
            if !sources.iter().any(|source| source.theme.fits(vector)) {
                return None;
            }
            // that which the ranking will name, even where another one's
            // members are so much closer to each other that it is strict
            let best = sources
                .iter()
                .filter_map(|source| Some((source.theme.near(vector)? * source.weight, source)))
                .reduce(|best, next| if next.0 > best.0 { next } else { best });
            let (_, source) = best?;
            let held = sources.iter().any(|s| s.theme.elements.contains(element));
            (!held).then(|| (element.clone(), source.cluster.clone()))
        };
        let mut fitting: Vec<_> = arrivals.iter().filter_map(fits).collect();
        let mut spared = fitting.iter().map(|(id, _)| id.clone()).collect();
        self.spare(less, &mut spared);
        fitting.retain(|(id, _)| spared.contains(id));
        fitting
    }
}
