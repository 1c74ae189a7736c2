//! Requests and responses.

/// A request, as bytes.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The method.
    pub method: Vec<u8>,
    /// The request target. Without one, HTTP/1 sends the authority in its place (`CONNECT`) and HTTP/2 sends no `:path`.
    pub target: Option<Vec<u8>>,
    /// The `host` header or `:authority`; `None` sends neither.
    pub authority: Option<Vec<u8>>,
    /// `HTTP/1.0` or `HTTP/1.1`; ignored by HTTP/2.
    pub version: &'static str,
    /// Further header lines.
    pub lines: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Request {
    /// Creates a `GET` request for a path at `shop.example.com`.
    pub fn get(path: &str) -> Self {
        Self {
            method: b"GET".to_vec(),
            target: Some(path.as_bytes().to_vec()),
            authority: Some(b"shop.example.com".to_vec()),
            version: "HTTP/1.1",
            lines: Vec::new(),
        }
    }

    /// Parses the head of a request, which is not validated. Its `host` header is one of the lines.
    pub fn parse(head: &[u8]) -> Self {
        let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
        let first = lines.next().unwrap_or_default();
        let space = |byte: &u8| *byte == b' ';
        let method = first.split(space).next().unwrap_or_default();
        let end = first.iter().rposition(space).unwrap_or_default();
        let header = |line: &[u8]| {
            let (name, value) = line.split_at_checked(line.iter().position(|byte| *byte == b':')?)?;
            Some((name.to_vec(), value[1..].trim_ascii().to_vec()))
        };
        Self {
            method: method.to_vec(),
            target: first.get(method.len() + 1..end).map(<[u8]>::to_vec),
            authority: None,
            version: "HTTP/1.1",
            lines: lines.filter_map(header).collect(),
        }
    }

    /// Returns the target as text; empty if there is none.
    pub fn path(&self) -> String {
        self.target.as_deref().map(|target| String::from_utf8_lossy(target).into_owned()).unwrap_or_default()
    }

    /// Adds a header line.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.lines.push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
        self
    }
}

/// A response.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The header lines with lower-case names; for HTTP/2 also the trailers.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// Returns the first value of a header.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_slice())
    }

    /// Returns the first value of a header as text; empty if the header is absent.
    pub fn text(&self, name: &str) -> String {
        self.header(name).map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
    }
}
