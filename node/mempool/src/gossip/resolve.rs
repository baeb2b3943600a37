//! Turns a host name in an address into the number that stands behind it now.
//!
//! Asked anew before every dial: a centre may move.

use std::net::IpAddr;
use std::time::Duration;

use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use tokio::time::timeout;

/// How long a name server may think.
const PATIENCE: Duration = Duration::from_secs(5);

/// Gives the address with a number instead of its name; an address without a name is given back as it is.
pub(super) async fn resolve(address: Multiaddr) -> Result<Multiaddr, String> {
    let Some(name) = Name::of(&address) else {
        return Ok(address);
    };
    let asked = timeout(PATIENCE, tokio::net::lookup_host((name.host.as_str(), 0))).await;
    let found = asked
        .map_err(|_| format!("no name server answers about {:?}", name.host))?
        .map_err(|error| format!("name {:?}: {error}", name.host))?;
    let fits = |number: &IpAddr| (name.v4 && number.is_ipv4()) || (name.v6 && number.is_ipv6());
    let number = found.map(|socket| socket.ip()).find(fits);
    let number = number.ok_or_else(|| format!("name {:?} has no fitting address", name.host))?;
    Ok(std::iter::once(Protocol::from(number))
        .chain(address.iter().skip(1))
        .collect())
}

/// The name at the head of an address, and the kinds of number it asks for.
struct Name {
    host: String,
    v4: bool,
    v6: bool,
}

impl Name {
    fn of(address: &Multiaddr) -> Option<Self> {
        let (host, v4, v6) = match address.iter().next()? {
            Protocol::Dns(host) => (host.into_owned(), true, true),
            Protocol::Dns4(host) => (host.into_owned(), true, false),
            Protocol::Dns6(host) => (host.into_owned(), false, true),
            _ => return None,
        };
        Some(Name { host, v4, v6 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn resolved(text: &str) -> Result<String, String> {
        resolve(text.parse().expect("an address"))
            .await
            .map(|address| address.to_string())
    }

    #[tokio::test]
    async fn numbers_stay_and_names_become_numbers() {
        let plain = "/ip4/10.0.0.1/tcp/27100";
        assert_eq!(resolved(plain).await.as_deref(), Ok(plain));
        let local = resolved("/dns4/localhost/tcp/27100").await;
        assert_eq!(local.as_deref(), Ok("/ip4/127.0.0.1/tcp/27100"));
    }

    #[tokio::test]
    async fn an_unknown_name_is_an_error_that_names_it() {
        let error = resolved("/dns/no-such-host.invalid/tcp/1")
            .await
            .expect_err("unknown");
        assert!(error.contains("no-such-host.invalid"), "{error}");
    }
}
