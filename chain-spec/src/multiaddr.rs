//! Addresses of the form that libp2p prints, the part of it that a centre needs.

use core::net::{Ipv4Addr, Ipv6Addr};

/// What belongs into an address field.
pub(crate) const FORM: &str = "/ip4|ip6|dns|dns4|dns6/<host>/tcp/<port 1 to 65535>";

/// Whether a text is a TCP multiaddress without a peer id: keys are pinned elsewhere in the specification.
pub fn check_multiaddr(text: &str) -> bool {
    let mut parts = text.split('/');
    let (empty, protocol, host) = (parts.next(), parts.next(), parts.next());
    let (tcp, port, end) = (parts.next(), parts.next(), parts.next());
    let host_fits = match (protocol, host) {
        (Some("ip4"), Some(host)) => host.parse::<Ipv4Addr>().is_ok(),
        (Some("ip6"), Some(host)) => host.parse::<Ipv6Addr>().is_ok(),
        (Some("dns" | "dns4" | "dns6"), Some(host)) => is_host_name(host),
        _ => false,
    };
    empty == Some("")
        && host_fits
        && tcp == Some("tcp")
        && port.is_some_and(is_port)
        && end.is_none()
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>()
        .is_ok_and(|port| port > 0 && port.to_string() == text)
}

/// RFC 1123 section 2.1: labels of letters, digits and hyphens, at most 63 each, 253 together.
fn is_host_name(text: &str) -> bool {
    let label = |label: &str| {
        let plain = label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        plain && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_a_centre_uses_are_accepted() {
        for text in [
            "/ip4/127.0.0.1/tcp/27000",
            "/ip6/2001:db8::1/tcp/1",
            "/dns/lanzhou.example/tcp/65535",
            "/dns4/node-1/tcp/27100",
        ] {
            assert!(check_multiaddr(text), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "127.0.0.1:27000",
            "/ip4/127.0.0.1/tcp/0",
            "/ip4/127.0.0.1/tcp/070",
            "/ip4/127.0.0.1/tcp/65536",
            "/ip4/127.0.0.256/tcp/1",
            "/ip4/127.0.0.1/udp/1",
            "/ip4/127.0.0.1/tcp/1/p2p/12D3",
            "/dns/-a/tcp/1",
            "/dns//tcp/1",
            "x/ip4/127.0.0.1/tcp/1",
        ] {
            assert!(!check_multiaddr(text), "{text}");
        }
    }
}
