//! Which addresses a provider may have: HTTPS, and none of a private network unless the operator allows it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs as _};

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use url::{Host, Url};

/// How far requests to providers may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// HTTPS to public addresses.
    #[default]
    Public,
    /// Private networks and plain HTTP too: for a provider in the operator's own network, or on a laptop.
    Private,
}

/// A request may not go there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfReach {
    /// Not a URL.
    #[error("is no URL")]
    NoUrl,
    /// Not HTTPS.
    #[error("must begin with https://")]
    NotHttps,
    /// Names and passwords, or a part that is never sent.
    #[error("must have no user name, password or fragment")]
    NotBare,
    /// A private network.
    #[error("lies in a private network, which the operator has to allow")]
    Private,
}

impl Reach {
    /// Reads an address that requests may go to, as far as it can be told before its name is looked up.
    ///
    /// # Errors
    /// [`OutOfReach`] says which rule it breaks.
    pub fn url(self, text: &str) -> Result<Url, OutOfReach> {
        let url = Url::parse(text).map_err(|_| OutOfReach::NoUrl)?;
        let scheme = url.scheme();
        if scheme != "https" && !(self == Self::Private && scheme == "http") {
            return Err(OutOfReach::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(OutOfReach::NotBare);
        }
        // A name is looked at when it was looked up; an address that is written out never is.
        let written = match url.host().ok_or(OutOfReach::NoUrl)? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
        };
        if written.is_some_and(|address| !self.allows(address)) { Err(OutOfReach::Private) } else { Ok(url) }
    }

    /// Whether a connection may be made to an address.
    pub fn allows(self, address: IpAddr) -> bool {
        self == Self::Private || is_public(address)
    }
}

/// Looks names up, and forgets the addresses that are out of reach: what was looked up is what is connected to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resolver(pub(crate) Reach);

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        let (reach, name) = (self.0, name.to_owned());
        DnsFuture::new(async move {
            let found = tokio::task::spawn_blocking(move || (name.as_str(), 0).to_socket_addrs()).await;
            let found = found.map_err(ResolveDnsError::new)?.map_err(ResolveDnsError::new)?;
            let within: Vec<IpAddr> = found.map(|address| address.ip()).filter(|address| reach.allows(*address)).collect();
            if within.is_empty() { Err(ResolveDnsError::new(OutOfReach::Private)) } else { Ok(within) }
        })
    }
}

/// Whether an address is one of the internet's, by the registries of special addresses (RFC 6890 and its successors).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => embedded(address).map_or_else(|| is_public_v6(address), is_public_v4),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224 // multicast, reserved, broadcast
        || (a == 100 && (64..128).contains(&b)) // shared by carriers
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a == 198 && (b == 18 || b == 19)); // benchmarks
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Of what is routed, 2000::/3, without documentation and the protocols' own.
    first & 0xe000 == 0x2000 && (first, second) != (0x2001, 0x0db8) && !(first == 0x2001 && second < 0x0200) && first != 0x3fff
}

/// The IPv4 address that an IPv6 address leads to: mapped, translated (NAT64) or tunnelled (6to4).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some(of(high, low))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{OutOfReach, Reach};

    #[test]
    fn only_https_to_public_addresses_is_within_reach() {
        for good in ["https://id.example.com/realms/a", "https://8.8.8.8", "https://[2606:4700::1111]:8443/x"] {
            assert!(Reach::Public.url(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("id.example.com", OutOfReach::NoUrl),
            ("http://id.example.com", OutOfReach::NotHttps),
            ("file:///etc/passwd", OutOfReach::NotHttps),
            ("https://ada:secret@id.example.com", OutOfReach::NotBare),
            ("https://id.example.com/#a", OutOfReach::NotBare),
        ] {
            assert_eq!(Reach::Public.url(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn no_form_of_a_private_address_is_within_reach() {
        for host in [
            "127.0.0.1",
            "127.1",
            "0x7f000001",
            "2130706433",
            "0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fd00::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:169.254.169.254]",
            "[64:ff9b::a00:1]",
            "[2002:7f00:1::]",
            "[2001:db8::1]",
            "[ff02::1]",
            "[fec0::1]",
            "[::7f00:1]",
        ] {
            let url = format!("https://{host}/keys");
            assert_eq!(Reach::Public.url(&url), Err(OutOfReach::Private), "{url}");
            assert!(Reach::Private.url(&url).is_ok(), "{url}");
        }
    }
}
