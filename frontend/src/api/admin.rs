//! What moderators and operators do. Others are refused.

use gloo::net::http::Method;
use protocol::admin::{JobState, JobsReport, ModelsReport, Retried, RetryJobs};
use protocol::element::{Element, StageName};
use protocol::label::{LabelName, Review, Ruling};
use protocol::{Cursor, ElementId, Page};

use super::Failure;
use super::http::{self, escape};

/// Labels that wait for a moderator.
pub async fn reviews(cursor: Option<&Cursor>) -> Result<Page<Review>, Failure> {
    http::get(&query(
        "admin/reviews",
        &[("cursor", cursor.map(Cursor::to_string))],
    ))
    .await
}

pub async fn rule(id: &ElementId, label: LabelName, ruling: &Ruling) -> Result<Element, Failure> {
    let path = format!("admin/reviews/{id}/{}", label.as_str());
    http::send(Method::POST, &path, ruling).await
}

pub async fn models() -> Result<ModelsReport, Failure> {
    http::get("admin/models").await
}

pub async fn unload(model: &str) -> Result<(), Failure> {
    http::call(
        Method::POST,
        &format!("admin/models/{}/unload", escape(model)),
    )
    .await
}

/// Which jobs; without a state those that have trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobFilter {
    pub state: Option<JobState>,
    pub stage: Option<StageName>,
}

pub async fn jobs(filter: JobFilter, cursor: Option<&Cursor>) -> Result<JobsReport, Failure> {
    http::get(&query(
        "admin/jobs",
        &[
            ("state", filter.state.map(|s| s.as_str().to_owned())),
            ("stage", filter.stage.map(|s| s.as_str().to_owned())),
            ("cursor", cursor.map(Cursor::to_string)),
        ],
    ))
    .await
}

pub async fn retry(jobs: &RetryJobs) -> Result<Retried, Failure> {
    http::send(Method::POST, "admin/jobs/retry", jobs).await
}

fn query(path: &str, parameters: &[(&str, Option<String>)]) -> String {
    let given: Vec<_> = parameters
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", value.as_deref()?)))
        .collect();
    if given.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", given.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_asked_for_stands_in_the_address() {
        assert_eq!(query("admin/jobs", &[("state", None)]), "admin/jobs");
        let asked = [
            ("state", Some("failed".to_owned())),
            ("stage", None),
            ("cursor", Some("c".to_owned())),
        ];
        assert_eq!(
            query("admin/jobs", &asked),
            "admin/jobs?state=failed&cursor=c"
        );
    }
}
