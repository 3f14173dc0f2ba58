//! What the Authentication pane says of an application whose credentials an identity provider issues: whose tokens count, and the
//! lines that fetch one and show it. Nothing is fetched by the page: the secret is the developer's and the provider's alone.

use askama::Template;
use portico_domain::specification::ExampleCall;
use portico_domain::strategy::OpenIdConnect;

use crate::examples::{self, Shown};
use crate::parts::Code;

/// What stands where the client's secret will be.
const SECRET: &str = "YOUR_CLIENT_SECRET";

/// The pane.
#[derive(Template)]
#[template(path = "apps/tokens.html")]
pub(crate) struct Tokens {
    issuer: String,
    reference_id: String,
    /// The claims that may carry the reference ID.
    claims: Vec<String>,
    scopes: Vec<String>,
    /// The lines that fetch a token.
    fetch: Option<Code>,
    /// The call with it; absent while there is no API to call.
    call: Option<Code>,
    /// Whether the client's id and secret may go with the call.
    basic: bool,
    /// That call.
    direct: Option<Code>,
    /// Whether calls are let through now.
    callable: bool,
}

impl Tokens {
    /// For an application with a reference ID, and a call of an API that it may call, or waits for.
    pub(crate) fn of(oidc: &OpenIdConnect, reference_id: &str, call: Option<&ExampleCall>, callable: bool) -> Self {
        let takes = |method: &str| oidc.auth_methods.iter().any(|one| one == method);
        let client = quoted(&format!("{reference_id}:{SECRET}"));
        let (bearer, basic) = (takes("bearer"), takes("client_credentials"));
        let direct = |call: &ExampleCall| {
            let method = if call.method == "GET" { String::new() } else { format!(" -X {}", call.method) };
            Code::one("direct", "A call with id and secret", "curl", format!("curl -i{method} -u {client} '{}'", call.url))
        };
        Self {
            fetch: bearer.then(|| Code::one("fetch-token", "A token for this application", "curl", fetch(oidc, &client))),
            call: call.filter(|_| bearer).map(|call| examples::code("call", call, Shown::Token)),
            direct: call.filter(|_| basic).map(direct),
            basic,
            issuer: oidc.issuer.clone(),
            reference_id: reference_id.to_owned(),
            claims: oidc.credential_claim.clone(),
            scopes: oidc.scopes.clone(),
            callable,
        }
    }
}

/// Two lines: where the provider has its token endpoint, and a token from there, both kept in the shell.
fn fetch(oidc: &OpenIdConnect, client: &str) -> String {
    let description = quoted(&format!("{}/.well-known/openid-configuration", oidc.issuer.trim_end_matches('/')));
    let scope = match oidc.scopes.as_slice() {
        [] => String::new(),
        scopes => format!(" -d {}", quoted(&format!("scope={}", form_encoded(&scopes.join(" "))))),
    };
    format!(
        "TOKEN_ENDPOINT=$(curl -s {description} | {})\nTOKEN=$(curl -s -u {client} -d grant_type=client_credentials{scope} \"$TOKEN_ENDPOINT\" | {})",
        member("token_endpoint"),
        member("access_token"),
    )
}

/// Reads a member of a JSON document in a shell that has nothing for it.
fn member(name: &str) -> String {
    format!("sed -n 's/.*\"{name}\" *: *\"\\([^\"]*\\)\".*/\\1/p'")
}

fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A text as one word of a shell, whatever somebody put into it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use portico_domain::strategy::OpenIdConnect;

    use super::{Tokens, fetch, quoted};

    fn oidc(scopes: &[&str], methods: &[&str]) -> OpenIdConnect {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        OpenIdConnect {
            issuer: "https://id.example.test/".to_owned(),
            credential_claim: texts(&["azp"]),
            scopes: texts(scopes),
            auth_methods: texts(methods),
        }
    }

    #[test]
    fn the_lines_ask_the_issuer_and_then_its_token_endpoint() {
        let lines = fetch(&oidc(&["openid", "tides:read"], &["bearer"]), "'clock:YOUR_CLIENT_SECRET'");
        let (first, second) = lines.split_once('\n').expect("two lines");
        assert!(first.contains("curl -s 'https://id.example.test/.well-known/openid-configuration'"), "{first}");
        assert!(
            second.contains("-u 'clock:YOUR_CLIENT_SECRET' -d grant_type=client_credentials -d 'scope=openid+tides%3Aread' \"$TOKEN_ENDPOINT\""),
            "{second}"
        );
    }

    #[test]
    fn a_reference_id_stays_one_word_in_a_shell() {
        for hostile in ["x'; echo gone; '", "$(echo gone)", "a b\\c\"d", "''"] {
            let ran = Command::new("sh").args(["-c", &format!("printf %s {}", quoted(hostile))]).output().expect("sh runs");
            assert_eq!(String::from_utf8_lossy(&ran.stdout), hostile);
        }
    }

    #[test]
    fn only_what_the_strategy_offers_is_explained() {
        let call = portico_domain::specification::ExampleCall {
            method: "GET".to_owned(),
            url: "https://api.example.test/tides".to_owned(),
        };
        let of = |methods: &[&str]| {
            let pane = Tokens::of(&oidc(&[], methods), "clock", Some(&call), true);
            (pane.fetch.is_some(), pane.call.is_some(), pane.direct.is_some())
        };
        assert_eq!(of(&["bearer"]), (true, true, false));
        assert_eq!(of(&["client_credentials"]), (false, false, true));
        assert_eq!(of(&["bearer", "client_credentials"]), (true, true, true));
        assert_eq!(of(&["session"]), (false, false, false));
    }
}
