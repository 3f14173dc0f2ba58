//! A call of an API, written out in the languages that people paste it into.

use portico_domain::specification::ExampleCall;

use crate::parts::Code;

/// What stands where the key will be, until there is one.
pub(crate) const KEY: &str = "YOUR_API_KEY";

/// The call in every language. The URL holds no character that a shell or a string would act on (`ExampleCall`), nor does the name
/// of a header.
pub(crate) fn code(id: &str, call: &ExampleCall, header: &str) -> Code {
    let ExampleCall { method, url } = call;
    let get = method == "GET";
    let verb = method.to_lowercase();
    let curl = if get {
        format!("curl -i -H '{header}: {KEY}' '{url}'")
    } else {
        format!("curl -i -X {method} -H '{header}: {KEY}' '{url}'")
    };
    let options = if get { String::new() } else { format!("\n  method: \"{method}\",") };
    let script = format!(
        "const reply = await fetch(\"{url}\", {{{options}\n  headers: {{ \"{header}\": \"{KEY}\" }},\n}});\nconsole.log(reply.status, await reply.text());"
    );
    let python = format!(
        "import urllib.request\n\ncall = urllib.request.Request(\n    \"{url}\",\n    method=\"{method}\",\n    headers={{\"{header}\": \"{KEY}\"}},\n)\nwith urllib.request.urlopen(call) as reply:\n    print(reply.status, reply.read().decode())"
    );
    let rust = format!(
        "let reply = reqwest::Client::new()\n    .{verb}(\"{url}\")\n    .header(\"{header}\", \"{KEY}\")\n    .send()\n    .await?;\nprintln!(\"{{}} {{}}\", reply.status(), reply.text().await?);"
    );
    let tabs = vec![("curl", curl), ("JavaScript", script), ("Python", python), ("Rust", rust)];
    Code { id: id.to_owned(), label: "A call to try", tabs }
}

#[cfg(test)]
mod tests {
    use portico_domain::specification::ExampleCall;

    use super::code;

    #[test]
    fn the_first_line_can_be_pasted_into_a_terminal() {
        let call = |method: &str| ExampleCall { method: method.to_owned(), url: "https://api.example.test/tides".to_owned() };
        let (language, curl) = code("x", &call("GET"), "apikey").tabs.remove(0);
        assert_eq!((language, curl.as_str()), ("curl", "curl -i -H 'apikey: YOUR_API_KEY' 'https://api.example.test/tides'"));
        let (_, curl) = code("x", &call("POST"), "apikey").tabs.remove(0);
        assert_eq!(curl, "curl -i -X POST -H 'apikey: YOUR_API_KEY' 'https://api.example.test/tides'");
    }
}
