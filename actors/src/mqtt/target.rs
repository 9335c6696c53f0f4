//! The address of another broker: `mqtt://[user:password@]host[:port]`.

use crate::PlatformError;

const MQTT_PORT: u16 = 1883;

/// Which broker, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub host: String,
    pub port: u16,
    pub login: Option<(String, String)>,
}

impl Target {
    pub fn parse(url: &str) -> Result<Self, PlatformError> {
        // never the url itself: it holds the password
        let wrong = || {
            let detail = "the address of a broker is like mqtt://user:password@host:1883";
            PlatformError::Mqtt(detail.to_owned())
        };
        let rest = url.strip_prefix("mqtt://").ok_or_else(wrong)?;
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => {
                let (user, password) = login.split_once(':').ok_or_else(wrong)?;
                (Some((user.to_owned(), password.to_owned())), place)
            }
            None => (None, rest),
        };
        let place = place.trim_end_matches('/');
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
            None => (place, MQTT_PORT),
        };
        if host.is_empty() {
            return Err(wrong());
        }
        Ok(Self {
            host: host.to_owned(),
            port,
            login,
        })
    }
}

/// Host and port of a broker's URL.
pub(crate) fn address(url: &str) -> Result<(String, u16), PlatformError> {
    let target = Target::parse(url)?;
    Ok((target.host, target.port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_brokers() {
        let target = Target::parse("mqtt://cam:s:ecret@broker.local:1884/").unwrap();
        assert_eq!((target.host.as_str(), target.port), ("broker.local", 1884));
        assert_eq!(target.login, Some(("cam".into(), "s:ecret".into())));
        assert_eq!(Target::parse("mqtt://localhost").unwrap().port, 1883);
        for wrong in [
            "http://x",
            "mqtt://",
            "mqtt://user@host",
            "mqtt://host:port",
        ] {
            let refused = Target::parse(wrong).unwrap_err().to_string();
            assert!(!refused.contains("host:port"), "{refused}");
        }
    }
}
