//! As much HTTP as the command line needs to speak to our own server.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, bail};
use protocol::Problem;

/// Longest silence of the server.
const PATIENCE: Duration = Duration::from_secs(60);
/// Largest answer that is read.
const ANSWER_BYTES: u64 = 4 << 20;

/// Where to send to.
#[derive(Debug, PartialEq, Eq)]
pub struct Server {
    authority: String,
}

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    /// # Errors
    /// The server refused, in its own words.
    pub fn ok(&self) -> anyhow::Result<()> {
        if (200..300).contains(&self.status) {
            return Ok(());
        }
        match serde_json::from_slice::<Problem>(&self.body) {
            Ok(problem) => bail!(
                "the server refused: {}",
                problem.detail.unwrap_or(problem.title)
            ),
            Err(_) => bail!("the server answered with status {}", self.status),
        }
    }
}

impl Server {
    /// # Errors
    /// It is no `http://host:port`.
    pub fn parse(url: &str) -> anyhow::Result<Self> {
        let Some(rest) = url.strip_prefix("http://") else {
            bail!("{url:?} cannot be used: --server takes http://host:port");
        };
        let authority = rest.trim_end_matches('/');
        if authority.is_empty() || authority.contains(['/', '@', ' ']) {
            bail!("{url:?} cannot be used: --server takes http://host:port");
        }
        let port = authority
            .rsplit_once(':')
            .is_some_and(|(_, p)| p.parse::<u16>().is_ok());
        Ok(Server {
            authority: if port {
                authority.to_owned()
            } else {
                format!("{authority}:80")
            },
        })
    }

    /// As [`Server::post`], without a body.
    ///
    /// # Errors
    /// As [`Server::post`].
    pub fn get(&self, path: &str, token: Option<&str>) -> anyhow::Result<Answer> {
        self.ask("GET", path, token, "", &[])
    }

    /// One request on a connection of its own.
    ///
    /// # Errors
    /// The server does not answer, or not by HTTP.
    pub fn post(
        &self,
        path: &str,
        token: Option<&str>,
        kind: &str,
        body: &[u8],
    ) -> anyhow::Result<Answer> {
        let kind = format!("Content-Type: {kind}\r\n");
        self.ask("POST", path, token, &kind, body)
    }

    /// `kind` is a whole line of the head, or nothing.
    fn ask(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        kind: &str,
        body: &[u8],
    ) -> anyhow::Result<Answer> {
        let lost = || format!("the server at {} does not answer", self.authority);
        let mut stream = TcpStream::connect(&self.authority).with_context(lost)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let login = token
            .map(|t| format!("Authorization: Bearer {t}\r\n"))
            .unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: asterism\r\nConnection: close\r\n{login}{kind}Content-Length: {}\r\n\r\n",
            self.authority,
            body.len()
        );
        let sent = stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(body));
        let mut answer = Vec::new();
        // a refusal may come before all is sent, and says more than the broken pipe
        let read = stream.take(ANSWER_BYTES).read_to_end(&mut answer);
        match parse(&answer) {
            Some(answer) => Ok(answer),
            None => {
                sent.with_context(lost)?;
                read.with_context(lost)?;
                bail!(
                    "the server at {} gave an answer that is no HTTP",
                    self.authority
                )
            }
        }
    }
}

fn parse(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let status = head.lines().next()?.split(' ').nth(1)?.parse().ok()?;
    Some(Answer {
        status,
        body: answer[end + 4..].to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_are_taken() {
        assert_eq!(Server::parse("http://h:81/").unwrap().authority, "h:81");
        assert_eq!(Server::parse("http://h").unwrap().authority, "h:80");
        for url in [
            "https://h",
            "h:80",
            "http://",
            "http://h/path",
            "http://u@h",
        ] {
            assert!(Server::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn an_answer_is_split_into_status_and_body() {
        let answer = parse(b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}").unwrap();
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (202, b"{}".as_slice())
        );
        assert!(parse(b"nonsense").is_none());
    }
}
