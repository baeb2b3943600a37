//! Where a node's name leads.

use std::net::SocketAddr;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Looks names up, and takes addresses as they are: for a look-up with a limit of time the library makes a thread, at each
/// request, also if there is nothing to look up.
#[derive(Debug, Default)]
pub(crate) struct Resolve(DefaultResolver);

impl Resolver for Resolve {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let Some(address) = address(uri) else {
            return self.0.resolve(uri, config, timeout);
        };
        let mut found = self.empty();
        found.push(address);
        Ok(found)
    }
}

/// The address that a URL holds instead of a name.
fn address(uri: &Uri) -> Option<SocketAddr> {
    let (scheme, authority) = (uri.scheme()?, uri.authority()?);
    let place = DefaultResolver::host_and_port(scheme, authority)?;
    place.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_they_are_and_names_are_not() {
        let of = |url: &'static str| address(&Uri::from_static(url)).map(|at| at.to_string());
        assert_eq!(
            of("http://127.0.0.1:27200/v1").as_deref(),
            Some("127.0.0.1:27200")
        );
        assert_eq!(of("https://10.0.0.7/v1").as_deref(), Some("10.0.0.7:443"));
        assert_eq!(of("http://[::1]/v1").as_deref(), Some("[::1]:80"));
        assert_eq!(of("http://localhost:1/v1"), None);
        assert_eq!(of("https://chain.example/v1"), None);
    }
}
