//! What can go wrong between here and the server, in words for people.

use protocol::{ErrorCode, Problem};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The server was not reached: worth another attempt.
    Offline,
    /// The server says why.
    Refused(Box<Problem>),
    /// The answer is not one of this protocol (a proxy's page, another version).
    Garbled,
}

impl Failure {
    /// Reads an error's body; whatever is no problem document is `Garbled`.
    pub fn read(status: u16, body: &str) -> Self {
        match serde_json::from_str::<Problem>(body) {
            Ok(problem) => Failure::Refused(Box::new(problem)),
            // what stands between us and a server that is starting or stopping
            Err(_) if matches!(status, 502..=504) => Failure::Offline,
            Err(_) => Failure::Garbled,
        }
    }

    /// One sentence to show.
    pub fn message(&self) -> String {
        match self {
            Failure::Offline => "The server can't be reached. Check your connection.".into(),
            Failure::Refused(problem) => {
                sentence(problem.detail.as_deref().unwrap_or(&problem.title))
            }
            Failure::Garbled => {
                "The server gave an answer this page doesn't understand. Reloading may help.".into()
            }
        }
    }

    /// The form field that was refused.
    pub fn field(&self) -> Option<&str> {
        match self {
            Failure::Refused(problem) => problem.field.as_deref().or(match problem.code {
                ErrorCode::HandleTaken => Some("handle"),
                ErrorCode::BadCredentials => Some("password"),
                _ => None,
            }),
            _ => None,
        }
    }

    /// Is it the kind of failure that goes away by itself?
    pub fn passing(&self) -> bool {
        match self {
            Failure::Offline => true,
            Failure::Refused(problem) => matches!(
                problem.code,
                ErrorCode::Unavailable | ErrorCode::RateLimited | ErrorCode::Internal
            ),
            Failure::Garbled => false,
        }
    }

    /// A list that the server no longer keeps: from the top there is a new one.
    pub fn is_expired(&self) -> bool {
        matches!(self, Failure::Refused(problem) if problem.status == 410)
    }

    /// Seconds that the server asks to wait.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Failure::Refused(problem) => problem.retry_after,
            _ => None,
        }
    }

    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Failure::Refused(problem) => Some(problem.code),
            _ => None,
        }
    }
}

/// With a capital first letter and a full stop: problems are written in lower case.
fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let mut out: String = match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => return out_of_words(),
    };
    if !out.ends_with(['.', '!', '?']) {
        out.push('.');
    }
    out
}

fn out_of_words() -> String {
    "Something went wrong.".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_told_as_a_sentence_on_its_field() {
        let body = serde_json::to_string(&Problem::field("handle", "a handle is short"));
        let failure = Failure::read(422, &body.expect("json"));
        assert_eq!(failure.field(), Some("handle"));
        assert_eq!(failure.message(), "A handle is short.");
        assert!(!failure.passing());
    }

    #[test]
    fn a_proxys_page_is_not_taken_for_an_answer() {
        assert_eq!(Failure::read(502, "<html>"), Failure::Offline);
        assert_eq!(Failure::read(404, "<html>"), Failure::Garbled);
        assert!(!Failure::read(410, "<html>").is_expired());
    }
}
