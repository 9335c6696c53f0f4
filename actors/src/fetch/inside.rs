//! Which addresses are nobody's business out there.
//!
//! The special-purpose registries of IANA, and a little more: of IPv6 only
//! what is really given out as global unicast passes, so that whatever wraps
//! an IPv4 address in an IPv6 one (mapped, compatible, translated, 6to4,
//! Teredo) is refused as such, whatever it wraps.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// First address, length of the prefix, what it is.
type Block<T> = (T, u8, &'static str);

const V4: [Block<[u8; 4]>; 21] = [
    ([0, 0, 0, 0], 8, "this network"),
    ([10, 0, 0, 0], 8, "private"),
    ([100, 64, 0, 0], 10, "shared by a carrier"),
    ([127, 0, 0, 0], 8, "loopback"),
    ([168, 63, 129, 16], 32, "a cloud's metadata"),
    ([169, 254, 0, 0], 16, "link-local"),
    ([172, 16, 0, 0], 12, "private"),
    ([192, 0, 0, 0], 24, "protocol assignments"),
    ([192, 0, 2, 0], 24, "documentation"),
    ([192, 31, 196, 0], 24, "a sink"),
    ([192, 52, 193, 0], 24, "a relay"),
    ([192, 88, 99, 0], 24, "a relay"),
    ([192, 168, 0, 0], 16, "private"),
    ([192, 175, 48, 0], 24, "a sink"),
    ([198, 18, 0, 0], 15, "benchmarks"),
    ([198, 51, 100, 0], 24, "documentation"),
    ([203, 0, 113, 0], 24, "documentation"),
    ([224, 0, 0, 0], 4, "multicast"),
    ([233, 252, 0, 0], 24, "documentation"),
    ([240, 0, 0, 0], 4, "reserved"),
    ([255, 255, 255, 255], 32, "broadcast"),
];

/// The one block of which addresses are given out.
const GLOBAL_V6: Block<[u16; 8]> = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3, "global");

/// What is special within it.
const V6: [Block<[u16; 8]>; 6] = [
    // Teredo, benchmarks, ORCHID and whatever is assigned to protocols
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "protocol assignments"),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "documentation"),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "6to4"),
    ([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48, "a sink"),
    ([0x3ffe, 0, 0, 0, 0, 0, 0, 0], 16, "a former test network"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "documentation"),
];

/// What is special about an address; nothing: it is a public one.
pub fn inside(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => inside_v4(address),
        IpAddr::V6(address) => inside_v6(address),
    }
}

fn inside_v4(address: Ipv4Addr) -> Option<&'static str> {
    let bits = u32::from(address);
    let within = |(first, length, _): &&Block<[u8; 4]>| {
        let first = u32::from_be_bytes(*first);
        (bits ^ first) >> (32 - u32::from(*length)) == 0
    };
    V4.iter().find(within).map(|(_, _, what)| *what)
}

fn inside_v6(address: Ipv6Addr) -> Option<&'static str> {
    let bits = u128::from(address);
    let within = |(first, length, _): &Block<[u16; 8]>| {
        let first = u128::from(Ipv6Addr::from(*first));
        (bits ^ first) >> (128 - u32::from(*length)) == 0
    };
    if !within(&GLOBAL_V6) {
        return Some(name_v6(address));
    }
    if let Some((_, _, what)) = V6.iter().find(|block| within(block)) {
        return Some(what);
    }
    // ISATAP: a tunnel to the IPv4 address in the last four bytes
    let [.., high, low, _, _] = address.segments();
    (low == 0x5efe && high & 0xfdff == 0).then_some("a tunnel")
}

/// For the log: which of the many that are not global.
fn name_v6(address: Ipv6Addr) -> &'static str {
    let segments = address.segments();
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 0] => "this network",
        [0, 0, 0, 0, 0, 0, 0, 1] => "loopback",
        [0, 0, 0, 0, 0, 0xffff, _, _] => "IPv4-mapped",
        [0, 0, 0, 0, 0xffff, 0, _, _] => "IPv4-translated",
        [0, 0, 0, 0, 0, 0, _, _] => "IPv4-compatible",
        [0x64, 0xff9b, ..] => "NAT64",
        [first, ..] => match first {
            0xfe80..=0xfebf => "link-local",
            0xfec0..=0xfeff => "site-local",
            0xfc00..=0xfdff => "private",
            0xff00..=0xffff => "multicast",
            _ => "reserved",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Option<&'static str> {
        inside(text.parse().expect("an address"))
    }

    #[test]
    fn blocks_begin_and_end_where_they_do() {
        for (public, special) in [
            ("1.0.0.0", "0.255.255.255"),
            ("9.255.255.255", "10.0.0.0"),
            ("11.0.0.0", "10.255.255.255"),
            ("100.63.255.255", "100.64.0.0"),
            ("100.128.0.0", "100.127.255.255"),
            ("126.255.255.255", "127.0.0.0"),
            ("128.0.0.0", "127.255.255.255"),
            ("168.63.129.15", "168.63.129.16"),
            ("169.253.255.255", "169.254.0.0"),
            ("169.255.0.0", "169.254.255.255"),
            ("172.15.255.255", "172.16.0.0"),
            ("172.32.0.0", "172.31.255.255"),
            ("191.255.255.255", "192.0.0.0"),
            ("192.0.1.0", "192.0.0.255"),
            ("192.0.3.0", "192.0.2.255"),
            ("192.167.255.255", "192.168.0.0"),
            ("192.169.0.0", "192.168.255.255"),
            ("198.17.255.255", "198.18.0.0"),
            ("198.20.0.0", "198.19.255.255"),
            ("198.51.101.0", "198.51.100.255"),
            ("203.0.112.255", "203.0.113.0"),
            ("223.255.255.255", "224.0.0.0"),
            ("8.8.8.8", "255.255.255.255"),
            ("2001:200::", "2001:1ff:ffff::1"),
            ("2003::1", "2002:ffff::1"),
            ("2001:db9::", "2001:db8:ffff::"),
            ("2606:4700::1111", "64:ff9b::808:808"),
            ("3ffd:ffff::", "3ffe::"),
            ("3fff:1000::", "3fff:fff::"),
            ("2a00:1450::1", "4000::"),
        ] {
            assert_eq!(of(public), None, "{public}");
            assert!(of(special).is_some(), "{special}");
        }
    }

    #[test]
    fn special_ones_are_named() {
        for (address, what) in [
            ("::", "this network"),
            ("::1", "loopback"),
            ("::ffff:8.8.8.8", "IPv4-mapped"),
            ("::8.8.8.8", "IPv4-compatible"),
            ("::ffff:0:8.8.8.8", "IPv4-translated"),
            ("64:ff9b:1::1", "NAT64"),
            ("fe80::1", "link-local"),
            ("fec0::1", "site-local"),
            ("fd00:ec2::254", "private"),
            ("ff02::1", "multicast"),
            ("100::1", "reserved"),
            ("5f00::1", "reserved"),
            ("2001::1", "protocol assignments"),
            ("2002:7f00:1::", "6to4"),
            ("2a00::5efe:7f00:1", "a tunnel"),
            ("2a00::200:5efe:a00:1", "a tunnel"),
        ] {
            assert_eq!(of(address), Some(what), "{address}");
        }
    }

    proptest! {
        /// What the standard library knows to be special is so here.
        #[test]
        fn no_looser_than_the_standard_library(bits: u32) {
            let ip = Ipv4Addr::from(bits);
            let special = ip.is_private() || ip.is_loopback() || ip.is_link_local()
                || ip.is_broadcast() || ip.is_documentation() || ip.is_multicast()
                || ip.is_unspecified() || ip.octets()[0] >= 240;
            prop_assert!(!special || inside(ip.into()).is_some(), "{ip}");
            // and however it is wrapped
            let [a, b, c, d] = ip.octets();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            for wrapped in [
                ip.to_ipv6_mapped(),
                ip.to_ipv6_compatible(),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
                Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, !high, !low),
            ] {
                prop_assert!(inside(wrapped.into()).is_some(), "{wrapped}");
            }
        }
    }
}
