//! What may be asked for: schemes, ports, names and addresses.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;
use protocol::limits;
use url::{Host, ParseError, Url};

use super::inside::inside;
use super::refusal::Refusal;

/// Names that mean this machine or this network wherever they are asked for.
const INSIDE_NAMES: [&str; 10] = [
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "home.arpa",
];

/// Something that is fetched in spite of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// Addresses, and a port of them if one is named.
    Net(IpNet, Option<u16>),
    /// A name, whatever it resolves to, and a port of it if one is named.
    Host(String, Option<u16>),
}

impl FromStr for Allowed {
    type Err = String;

    /// `10.0.0.0/8`, `192.168.1.5`, `192.168.1.5:8080`, `nas.lan`, `nas.lan:5000`.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(net) = text.parse::<IpNet>() {
            return Ok(Self::Net(net, None));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Net(address.into(), None));
        }
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(Self::Net(address.ip().into(), Some(address.port())));
        }
        let bad = || format!("{text:?} is no network, address or name like 10.0.0.0/8 or nas.lan");
        if text.is_empty() || text.contains(['/', '@', '?', '#', '\\', ' ', '*']) {
            return Err(bad());
        }
        let url = Url::parse(&format!("http://{text}")).map_err(|_| bad())?;
        let port = match text.rsplit_once(':') {
            Some((_, port)) => Some(port.parse().map_err(|_| bad())?),
            None => None,
        };
        match url.host() {
            Some(Host::Domain(name)) => Ok(Self::Host(plain(name), port)),
            _ => Err(bad()),
        }
    }
}

/// Whom one may ask for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    pub allow: Vec<Allowed>,
    /// Ports beside those that are named in `allow`.
    pub ports: Vec<u16>,
}

/// An address that may be asked for, as far as can be told without resolving
/// its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Without a fragment.
    pub url: Url,
    pub host: Host,
    pub port: u16,
}

impl Target {
    pub fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }
}

impl Rules {
    /// What somebody typed; the scheme may be missing.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn target(&self, text: &str) -> Result<Target, Refusal> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Refusal::Address("type the address of a picture or a page"));
        }
        if text.len() > limits::URL_MAX {
            return Err(Refusal::Address("this address is too long"));
        }
        if text.contains(|c: char| c.is_control() || c == ' ') {
            return Err(Refusal::Address(
                "an address has no spaces or control characters",
            ));
        }
        let url = match Url::parse(text) {
            Err(ParseError::RelativeUrlWithoutBase) => Url::parse(&format!("https://{text}")),
            parsed => parsed,
        };
        self.check(url)
    }

    /// Where an answer leads on to.
    ///
    /// # Errors
    /// As [`Rules::target`].
    pub fn next(&self, from: &Url, location: &str) -> Result<Target, Refusal> {
        if location.len() > limits::URL_MAX {
            return Err(Refusal::Address("the address it leads to is too long"));
        }
        self.check(from.join(location.trim()))
    }

    fn check(&self, url: Result<Url, ParseError>) -> Result<Target, Refusal> {
        let mut url = url.map_err(|_| Refusal::Address("this is no web address"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Address(
                "only addresses that begin with http:// or https:// are fetched",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Address(
                "an address with a user name or a password is not fetched",
            ));
        }
        url.set_fragment(None);
        let no_host = Refusal::Address("this address names no server");
        let host = url.host().ok_or(no_host.clone())?.to_owned();
        let port = url.port_or_known_default().ok_or(no_host)?;
        let target = Target { url, host, port };
        if !self.ports.contains(&port) && !self.names_port(&target) {
            return Err(Refusal::Port(port));
        }
        let public = match &target.host {
            Host::Domain(name) => {
                self.knows_host(&plain(name), port) || !is_inside_name(&plain(name))
            }
            Host::Ipv4(address) => self.passes(&target, (*address).into()),
            Host::Ipv6(address) => self.passes(&target, (*address).into()),
        };
        if !public {
            let host = target.host.to_string();
            return Err(Refusal::Nowhere { host });
        }
        Ok(target)
    }

    /// Whether this very address may be connected to on behalf of the target.
    pub fn passes(&self, target: &Target, address: IpAddr) -> bool {
        if let Host::Domain(name) = &target.host
            && self.knows_host(&plain(name), target.port)
        {
            return true;
        }
        if self.knows_net(address, target.port) {
            return true;
        }
        // a name whose port was allowed for some inner address leads to no other
        self.ports.contains(&target.port) && inside(address).is_none()
    }

    /// Some entry names the port, so that it is worth resolving the name.
    fn names_port(&self, target: &Target) -> bool {
        self.allow.iter().any(|allowed| match allowed {
            Allowed::Net(_, port) | Allowed::Host(_, port) => *port == Some(target.port),
        })
    }

    fn knows_host(&self, name: &str, port: u16) -> bool {
        self.allow.iter().any(|allowed| match allowed {
            Allowed::Host(host, only) => host == name && self.fits(*only, port),
            Allowed::Net(..) => false,
        })
    }

    fn knows_net(&self, address: IpAddr, port: u16) -> bool {
        self.allow.iter().any(|allowed| match allowed {
            Allowed::Net(net, only) => net.contains(&address) && self.fits(*only, port),
            Allowed::Host(..) => false,
        })
    }

    fn fits(&self, only: Option<u16>, port: u16) -> bool {
        match only {
            Some(only) => only == port,
            None => self.ports.contains(&port),
        }
    }
}

/// A name as it is compared: `url` has it in lower case and ASCII already.
fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// Names without a dot are completed by this network's own search list.
fn is_inside_name(name: &str) -> bool {
    !name.contains('.')
        || INSIDE_NAMES
            .iter()
            .any(|end| name.strip_suffix(end).is_some_and(|n| n.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules(allow: &[&str]) -> Rules {
        Rules {
            allow: allow.iter().map(|a| a.parse().expect("allowed")).collect(),
            ports: vec![80, 443],
        }
    }

    fn host_of(text: &str) -> String {
        rules(&[]).target(text).expect(text).host.to_string()
    }

    #[test]
    fn odd_spellings_are_one_address() {
        assert_eq!(host_of("example.org/a.jpg"), "example.org");
        assert_eq!(host_of("HTTPS://EXAMPLE.org./x#top"), "example.org.");
        assert_eq!(host_of("http://134744072/"), "8.8.8.8");
        assert_eq!(host_of("http://0x8.0x8.0x8.0x8/"), "8.8.8.8");
        assert_eq!(host_of("http://010.8.8.8/"), "8.8.8.8");
        assert_eq!(host_of("http://８.８.８.８/"), "8.8.8.8");
        assert_eq!(host_of("http://bücher.example/"), "xn--bcher-kva.example");
    }

    #[test]
    fn what_is_no_web_address_is_told() {
        let none = rules(&[]);
        for (text, means) in [
            ("", "type the address"),
            ("ftp://example.org/", "http://"),
            ("file:///etc/passwd", "http://"),
            ("javascript:alert(1)", "http://"),
            ("data:image/png;base64,AA", "http://"),
            ("http://ada:secret@example.org/", "user name"),
            ("http://ada@example.org/", "user name"),
            ("http://", "no web address"),
            ("http://exa mple.org/", "spaces"),
            ("http://example.org/\r\nHost: x", "control"),
        ] {
            let Err(Refusal::Address(why)) = none.target(text) else {
                panic!("{text}: {:?}", none.target(text));
            };
            assert!(why.contains(means), "{text}: {why}");
        }
        let long = format!("https://example.org/{}", "a".repeat(limits::URL_MAX));
        assert!(none.target(&long).is_err());
        let port = none.target("http://example.org:22/");
        assert_eq!(port, Err(Refusal::Port(22)));
    }

    #[test]
    fn what_is_allowed_passes_and_nothing_beside_it() {
        let rules = rules(&["10.1.0.0/16", "127.0.0.1:8099", "nas.lan:5000", "Media.Lan"]);
        let passes = |text: &str, address: &str| {
            let target = rules.target(text)?;
            let address = address.parse().expect("an address");
            Ok::<_, Refusal>(rules.passes(&target, address))
        };
        assert_eq!(passes("http://10.1.2.3/", "10.1.2.3"), Ok(true));
        assert!(passes("http://10.2.2.3/", "10.2.2.3").is_err());
        assert!(passes("http://10.1.2.3:8080/", "10.1.2.3").is_err());
        assert_eq!(passes("http://127.0.0.1:8099/", "127.0.0.1"), Ok(true));
        assert!(passes("http://127.0.0.1/", "127.0.0.1").is_err());
        assert!(passes("http://127.0.0.2:8099/", "127.0.0.2").is_err());
        assert_eq!(passes("http://nas.lan:5000/", "192.168.1.9"), Ok(true));
        assert!(passes("http://nas.lan/", "192.168.1.9").is_err());
        assert_eq!(passes("http://media.lan/", "fd00::1"), Ok(true));
        // a name may lead to what is allowed, but its port to nothing else
        assert_eq!(passes("http://a.example:8099/", "127.0.0.1"), Ok(true));
        assert_eq!(passes("http://a.example:8099/", "127.0.0.2"), Ok(false));
        assert_eq!(passes("http://a.example:8099/", "8.8.8.8"), Ok(false));
        assert_eq!(passes("http://a.example/", "10.1.9.9"), Ok(true));
        assert_eq!(passes("http://a.example/", "10.2.9.9"), Ok(false));
        for nonsense in [
            "",
            "http://nas",
            "10.0.0.0/40",
            "a b",
            "*.lan",
            "nas:x",
            "nas/x",
        ] {
            assert!(nonsense.parse::<Allowed>().is_err(), "{nonsense}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_panics_or_slips_through(text in "\\PC{0,60}") {
            if let Ok(target) = rules(&[]).target(&text) {
                prop_assert!(matches!(target.url.scheme(), "http" | "https"));
                prop_assert!(matches!(target.port, 80 | 443));
                prop_assert!(target.url.username().is_empty());
            }
        }

        #[test]
        fn inner_addresses_are_seen_in_every_base(bits: u32, dotted: bool) {
            let ip = std::net::Ipv4Addr::from(bits);
            let [a, b, c, d] = ip.octets();
            let host = if dotted {
                format!("{a:#x}.0{b:o}.{c}.{d:#X}")
            } else {
                bits.to_string()
            };
            let found = rules(&[]).target(&format!("http://{host}/"));
            prop_assert_eq!(found.is_err(), inside(ip.into()).is_some(), "{} {}", host, ip);
        }
    }
}
