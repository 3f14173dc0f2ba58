//! The public URL: does the portal answer there?

use aws_smithy_types::body::SdkBody;
use portico_http::config::PublicUrl;
use std::time::Duration;

use super::Finding;
use super::rest::send;

const WHAT: &str = "public URL";
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks the portal for what everybody may know of it.
pub(super) async fn look(url: &str) -> Finding {
    let public = match PublicUrl::parse(url) {
        Ok(public) => public,
        Err(rule) => return Finding::wrong(WHAT, rule, "give the PublicUrl that the stack was deployed with"),
    };
    let origin = public.origin();
    if origin.starts_with("http://") && !public.is_plain_loopback() {
        return Finding::wrong(
            WHAT,
            "is not https: passwords and cookies would travel in the open",
            "deploy with an https PublicUrl",
        );
    }
    let asked = async {
        let request = http::Request::get(format!("{origin}/api/v3/portal")).header("accept", "application/json");
        send(Some(&origin), request.body(SdkBody::empty()).map_err(|error| error.to_string())?).await
    };
    let remedy =
        "see that the name leads to the portal (DNS, certificate, CloudFront's origin), and that PublicUrl is spelled right";
    match tokio::time::timeout(PATIENCE, asked).await {
        Err(_) => Finding::wrong(WHAT, "does not answer in time", remedy),
        Ok(Err(reason)) => Finding::wrong(WHAT, reason, remedy),
        Ok(Ok(said)) => {
            let ours = said.json().is_some_and(|found| found.get("portal_id").is_some() || found.get("org_id").is_some());
            let wrong = format!("answers {}, and not like a portal", said.status);
            Finding::check(WHAT, ours, "the portal answers", &wrong, remedy)
        }
    }
}
