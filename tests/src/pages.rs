//! Pages as a browser without a script sees them: links followed, forms posted.

use bytes::Bytes;
use http::{Method, Request, header};
use url::form_urlencoded::Serializer;

use crate::client::{Client, Reply};

impl Client {
    /// A page.
    pub async fn page(&self, path: &str) -> Reply {
        let request = Request::builder().method(Method::GET).uri(path).header(header::ACCEPT, "text/html");
        self.send_raw(request.body(Bytes::new()).expect("a request")).await
    }

    /// Posts a form of the portal's own pages.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send_raw(request.body(Bytes::from(body)).expect("a request")).await
    }
}

impl Reply {
    /// The HTML of a page.
    #[track_caller]
    pub fn html(&self) -> String {
        let media = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        assert_eq!(media, Some("text/html; charset=utf-8"), "{:?}", self.bytes);
        String::from_utf8(self.bytes.to_vec()).expect("text")
    }

    /// Where a 303 leads.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{:?}", self.bytes);
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).expect("a location")
    }
}
