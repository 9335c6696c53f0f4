//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header;
use actors::Client;

/// The other end: its address and what it calls itself.
pub fn client(req: &HttpRequest, trusted: &[IpAddr]) -> Client {
    Client {
        address: address(req, trusted),
        agent: agent(req),
    }
}

/// What the client calls itself; empty when it does not say.
pub fn agent(req: &HttpRequest) -> String {
    let agent = req.headers().get(header::USER_AGENT);
    agent
        .and_then(|a| a.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

/// The peer, or where that is one of our proxies, the last address in
/// `X-Forwarded-For` that is none: what stands before it anybody can write.
pub fn address(req: &HttpRequest, trusted: &[IpAddr]) -> IpAddr {
    let peer = req
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |a| a.ip().to_canonical());
    if !trusted.contains(&peer) {
        return peer;
    }
    let forwarded: Vec<&str> = req
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|h| h.to_str().ok())
        .flat_map(|h| h.split(','))
        .collect();
    let mut last = peer;
    for hop in forwarded.iter().rev() {
        let Ok(hop) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        last = hop.to_canonical();
        if !trusted.contains(&last) {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn seen(peer: &str, forwarded: &'static str, trusted: &[&str]) -> String {
        let trusted: Vec<IpAddr> = trusted.iter().map(|t| t.parse().unwrap()).collect();
        let req = TestRequest::get()
            .peer_addr(format!("{peer}:1234").parse().unwrap())
            .insert_header(("x-forwarded-for", forwarded))
            .to_http_request();
        address(&req, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_may_speak_for_others() {
        assert_eq!(seen("9.9.9.9", "1.1.1.1", &[]), "9.9.9.9");
        assert_eq!(seen("10.0.0.1", "1.1.1.1", &["10.0.0.1"]), "1.1.1.1");
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        assert_eq!(
            seen(
                "10.0.0.1",
                "6.6.6.6, 1.1.1.1, 10.0.0.2",
                &["10.0.0.1", "10.0.0.2"]
            ),
            "1.1.1.1"
        );
        assert_eq!(seen("10.0.0.1", "nonsense", &["10.0.0.1"]), "10.0.0.1");
    }
}
