//! Parts of a request as text: `\\` is a backslash, `\xHH` a byte that is not text, as in `--request`.

use inspect::{HeaderLine, escape};
use policy::http::{is_spelling, parameter_key, query_parameters};
use regex::{Captures, Regex};
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// What is shown in place of a secret.
const HIDDEN: &str = "\u{2026}";
/// The parts of the names of headers and parameters that contain secrets.
const SECRET_WORDS: [&str; 9] =
    ["authorization", "api-key", "apikey", "credential", "jwt", "password", "secret", "session", "token"];
/// The schemes of `authorization` that are shown.
const SCHEMES: [&str; 6] = ["basic", "bearer", "digest", "dpop", "negotiate", "ntlm"];

/// Returns a path.
pub fn path(path: &str) -> String {
    escape(path.as_bytes())
}

/// The names whose values are not shown to people, besides those that are the same for all policies: the sources of tokens.
#[derive(Debug, Default)]
pub struct Secrets {
    headers: Vec<String>,
    /// The keys of query parameters.
    query: Vec<Vec<u8>>,
}

impl Secrets {
    /// Returns the sources of the providers of a policy.
    pub fn of(policy: &Value) -> Self {
        let mut secrets = Self::default();
        let providers = policy.get("token").unwrap_or(policy).get("providers").and_then(Value::as_object);
        for from in providers.into_iter().flatten().filter_map(|(_, provider)| provider.get("from")) {
            let names = |field: &str| from.get(field).and_then(Value::as_array).into_iter().flatten();
            let headers = names("headers").filter_map(|source| source.get("name")?.as_str());
            secrets.headers.extend(headers.map(str::to_ascii_lowercase));
            let query = names("query").filter_map(Value::as_str);
            secrets.query.extend(query.map(|name| parameter_key(name.as_bytes()).into_owned()));
        }
        secrets
    }

    /// Returns a header line without secrets.
    pub fn line(&self, (name, value): &HeaderLine) -> String {
        let is_name = |own: &str| is_spelling(name, own);
        let value = escape(value);
        let value = if is_name("authorization") || is_name("proxy-authorization") {
            let scheme = value.split(' ').next().unwrap_or_default();
            let is_known = SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known));
            if is_known { format!("{scheme} {HIDDEN}") } else { HIDDEN.to_owned() }
        } else if is_name("cookie") {
            value.split(';').map(without_value).collect::<Vec<_>>().join(";")
        } else if is_name("set-cookie") {
            let end = value.find(';').unwrap_or(value.len());
            let (pair, attributes) = value.split_at_checked(end).unwrap_or((&value, ""));
            without_value(pair) + &self.text(attributes)
        } else if is_secret(name) || self.headers.iter().any(|own| is_name(own)) {
            HIDDEN.to_owned()
        } else {
            self.text(&value)
        };
        format!("{}: {value}", escape(name))
    }

    /// Returns a text, such as a path or a URL, without the secrets in its parameters and without tokens.
    pub fn text(&self, text: &str) -> String {
        let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
        let segments = path.split('/').map(|segment| self.without_parameter(segment, false));
        let mut shown = segments.collect::<Vec<_>>().join("/");
        if let Some(query) = query {
            let parameters = query.split('&').map(|parameter| self.without_parameter(parameter, true));
            shown = shown + "?" + &parameters.collect::<Vec<_>>().join("&");
        }
        without_tokens(&shown)
    }

    /// Returns a segment of a path, or a parameter of a query, up to the value of the first secret parameter in it. Some servers
    /// also cut a query at `;`.
    fn without_parameter(&self, text: &str, is_query: bool) -> String {
        let mut end = 0;
        for (number, part) in text.split_inclusive([';', '?']).enumerate() {
            let name = part.split_once('=').map(|(name, _)| name);
            if let Some(name) = name.filter(|name| (is_query || number > 0) && self.is_parameter(name)) {
                let shown = text.get(..end + name.len() + 1).unwrap_or_default();
                return format!("{shown}{HIDDEN}");
            }
            end += part.len();
        }
        text.to_owned()
    }

    /// Returns true if the values of a parameter are secret.
    fn is_parameter(&self, name: &str) -> bool {
        let decoded = query_parameters(name.as_bytes()).next().map(|(name, _)| name).unwrap_or_default();
        let key = parameter_key(&decoded);
        let is_item = |rest: &[u8]| rest.first().is_none_or(|next| *next == b'[');
        is_secret(&key) || self.query.iter().any(|own| key.strip_prefix(own.as_slice()).is_some_and(is_item))
    }
}

/// Returns true if values with this name are secret in every policy.
fn is_secret(name: &[u8]) -> bool {
    let class = |byte: &u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'-' };
    let class: String = name.iter().map(|byte| char::from(class(byte))).collect();
    SECRET_WORDS.iter().any(|word| class.contains(word))
}

/// Returns a cookie without its value.
fn without_value(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) => format!("{name}={HIDDEN}"),
        None if pair.trim_ascii().is_empty() => pair.to_owned(),
        None => HIDDEN.to_owned(),
    }
}

/// Parts of a token with dots between them. Compiled once: a list of requests has many texts.
static PARTS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("[A-Za-z0-9_.-]+").ok());

/// Returns a text with `\u{2026}` in place of each token: parts in base64url with dots between them, of which the first is a JSON
/// object, such as the header of a JWT (RFC 7515, section 7.1).
fn without_tokens(text: &str) -> String {
    let Some(parts) = &*PARTS else { return HIDDEN.to_owned() };
    let without_token = |found: &Captures<'_>| {
        let parts = found.get(0).map_or("", |found| found.as_str());
        match start_of_token(parts) {
            Some(start) => parts.get(..start).unwrap_or_default().to_owned() + HIDDEN,
            None => parts.to_owned(),
        }
    };
    parts.replace_all(text, without_token).into_owned()
}

/// Returns the start of a token in parts with dots between them.
fn start_of_token(parts: &str) -> Option<usize> {
    // The last two parts are no header.
    let headers = parts.rmatch_indices('.').nth(1).map(|(end, _)| end)?;
    let headers = parts.get(..headers)?;
    // The header may follow other text, as in `id-eyJ…`. It starts with `{`, or with a blank before it.
    let starts = headers.char_indices().filter(|(_, c)| matches!(c, 'e' | 'I' | 'C' | 'D'));
    starts.map(|(start, _)| start).find(|start| {
        let header = headers.get(*start..).and_then(|header| header.split('.').next()).unwrap_or_default();
        serde_json::from_slice::<Map<String, Value>>(&decode(header)).is_ok()
    })
}

/// Decodes base64url, in every spelling that a server may accept.
fn decode(text: &str) -> Vec<u8> {
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let values = text.chars().filter_map(|c| digits.find(c));
    let (mut decoded, mut bits, mut count) = (Vec::new(), 0, 0);
    for value in values {
        (bits, count) = ((bits << 6 | value) & 0xffff, count + 6);
        if count >= 8 {
            count -= 8;
            decoded.extend(u8::try_from(bits >> count & 0xff));
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::Secrets;
    use serde_json::json;

    fn secrets() -> Secrets {
        let from = json!({"headers": [{"name": "X-Ticket"}], "cookies": ["c"], "query": ["my.ticket"]});
        Secrets::of(&json!({"token": {"providers": {"a": {"from": from}, "b": {}}}}))
    }

    #[test]
    fn the_values_of_names_in_which_secrets_travel_are_left_out() {
        for (name, value, shown) in [
            ("authorization", "Bearer a.b.c", "Bearer \u{2026}"),
            ("proxy-authorization", "basic abc", "basic \u{2026}"),
            ("authorization", "abc", "\u{2026}"),
            ("authorization", "my secret", "\u{2026}"),
            ("x_api.key", "abc", "\u{2026}"),
            ("x-goog-iap-jwt-assertion", "abc", "\u{2026}"),
            ("private-token", "abc", "\u{2026}"),
            ("x_ticket", "abc", "\u{2026}"),
            ("x-tickets", "abc", "abc"),
            (
                "cookie",
                "a=1; token=eyJh.eyJi.c-d;b; c==2; ",
                "a=\u{2026}; token=\u{2026};\u{2026}; c=\u{2026}; ",
            ),
            ("set-cookie", "sid=abc; Path=/; HttpOnly", "sid=\u{2026}; Path=/; HttpOnly"),
            ("set-cookie", "abc", "\u{2026}"),
            ("location", "/a?access_token=b&c=d", "/a?access_token=\u{2026}&c=d"),
            ("x-a", "eyJh eyJ", "eyJh eyJ"),
        ] {
            let line = secrets().line(&(name.as_bytes().to_vec(), value.as_bytes().to_vec()));
            assert_eq!(line, format!("{name}: {shown}"));
        }
        let line = (b"x-ticket".to_vec(), b"abc".to_vec());
        assert_eq!(Secrets::default().line(&line), "x-ticket: abc");
        let provider = json!({"providers": {"a": {"from": {"headers": [{"name": "x-ticket"}]}}}});
        assert_eq!(Secrets::of(&provider).line(&line), "x-ticket: \u{2026}");
    }

    #[test]
    fn the_values_of_secret_parameters_are_left_out() {
        for (text, shown) in [
            ("/a?my.ticket=b&c=d?e", "/a?my.ticket=\u{2026}&c=d?e"),
            ("/a?x=1&MY_ticket[0]=b;c", "/a?x=1&MY_ticket[0]=\u{2026}"),
            ("/a?x=1;my%2eticket=b/c?d", "/a?x=1;my%2eticket=\u{2026}"),
            ("/a??api_key=b", "/a??api_key=\u{2026}"),
            ("GET https://a.example/t/a?password=b c", "GET https://a.example/t/a?password=\u{2026}"),
            ("/a;x=1;jsessionid=b;c/../d", "/a;x=1;jsessionid=\u{2026}/../d"),
            ("/token=a/my.tickets=b?my.tickets=c", "/token=a/my.tickets=b?my.tickets=c"),
        ] {
            assert_eq!(secrets().text(text), shown);
        }
    }

    #[test]
    fn tokens_are_left_out_of_every_text() {
        for (text, shown) in [
            // `{"alg":1}`, `{ "alg":1}`, a tab before `{"a":1}`, and a line feed before `{}`.
            ("eyJhbGciOjF9.e30.c", "\u{2026}"),
            ("a eyAiYWxnIjoxfQ.e30.c b", "a \u{2026} b"),
            ("CXsiYSI6MX0.e30.", "\u{2026}"),
            ("Cnt9.a.b.c.d", "\u{2026}"),
            ("/a/id-eyJhbGciOjF9.e30.c/b", "/a/id-\u{2026}/b"),
            ("a.b.eyJhbGciOjF9.e30.c", "a.b.\u{2026}"),
            // Bits after the last byte.
            ("e31.a.b", "\u{2026}"),
            ("eyJhbGciOjF9.e30", "eyJhbGciOjF9.e30"),
            ("MQ.a.b", "MQ.a.b"),
            ("shop.example.com/é.e.e.e", "shop.example.com/é.e.e.e"),
        ] {
            assert_eq!(secrets().text(text), shown);
        }
    }
}
