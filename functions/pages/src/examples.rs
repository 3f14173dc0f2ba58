//! A call of an API, written out in the languages that people paste it into.

use portico_domain::specification::ExampleCall;

use crate::parts::Code;

/// What stands where the key will be, until there is one.
pub(crate) const KEY: &str = "YOUR_API_KEY";

/// What a call shows to be let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown<'h> {
    /// An API key in this header.
    Key(&'h str),
    /// A token that the line before has put into the shell's variable `TOKEN`.
    Token,
}

impl<'h> Shown<'h> {
    /// The header.
    const fn header(self) -> &'h str {
        match self {
            Self::Key(header) => header,
            Self::Token => "Authorization",
        }
    }

    /// Its value, as it stands in a program.
    const fn value(self) -> &'static str {
        match self {
            Self::Key(_) => KEY,
            Self::Token => "Bearer YOUR_TOKEN",
        }
    }

    /// The header as a word of a shell.
    fn in_a_shell(self) -> String {
        match self {
            Self::Key(header) => format!("'{header}: {KEY}'"),
            Self::Token => "\"Authorization: Bearer $TOKEN\"".to_owned(),
        }
    }
}

/// The call in every language. The URL holds no character that a shell or a string would act on (`ExampleCall`), nor does the name
/// of a header.
pub(crate) fn code(id: &str, call: &ExampleCall, shown: Shown<'_>) -> Code {
    let ExampleCall { method, url } = call;
    let (header, value, word) = (shown.header(), shown.value(), shown.in_a_shell());
    let get = method == "GET";
    let verb = method.to_lowercase();
    let curl = if get { format!("curl -i -H {word} '{url}'") } else { format!("curl -i -X {method} -H {word} '{url}'") };
    let options = if get { String::new() } else { format!("\n  method: \"{method}\",") };
    let script = format!(
        "const reply = await fetch(\"{url}\", {{{options}\n  headers: {{ \"{header}\": \"{value}\" }},\n}});\nconsole.log(reply.status, await reply.text());"
    );
    let python = format!(
        "import urllib.request\n\ncall = urllib.request.Request(\n    \"{url}\",\n    method=\"{method}\",\n    headers={{\"{header}\": \"{value}\"}},\n)\nwith urllib.request.urlopen(call) as reply:\n    print(reply.status, reply.read().decode())"
    );
    let rust = format!(
        "let reply = reqwest::Client::new()\n    .{verb}(\"{url}\")\n    .header(\"{header}\", \"{value}\")\n    .send()\n    .await?;\nprintln!(\"{{}} {{}}\", reply.status(), reply.text().await?);"
    );
    let tabs = vec![("curl", curl), ("JavaScript", script), ("Python", python), ("Rust", rust)];
    Code { id: id.to_owned(), label: "A call to try", tabs }
}

#[cfg(test)]
mod tests {
    use portico_domain::specification::ExampleCall;

    use super::{Shown, code};

    #[test]
    fn the_first_line_can_be_pasted_into_a_terminal() {
        let call = |method: &str| ExampleCall { method: method.to_owned(), url: "https://api.example.test/tides".to_owned() };
        let (language, curl) = code("x", &call("GET"), Shown::Key("apikey")).tabs.remove(0);
        assert_eq!((language, curl.as_str()), ("curl", "curl -i -H 'apikey: YOUR_API_KEY' 'https://api.example.test/tides'"));
        let (_, curl) = code("x", &call("POST"), Shown::Key("apikey")).tabs.remove(0);
        assert_eq!(curl, "curl -i -X POST -H 'apikey: YOUR_API_KEY' 'https://api.example.test/tides'");
        let tabs = code("x", &call("GET"), Shown::Token).tabs;
        assert_eq!(
            tabs.first().map(|tab| tab.1.as_str()),
            Some("curl -i -H \"Authorization: Bearer $TOKEN\" 'https://api.example.test/tides'")
        );
        assert!(tabs.iter().skip(1).all(|(_, text)| text.contains("\"Bearer YOUR_TOKEN\"")), "{tabs:?}");
    }
}
