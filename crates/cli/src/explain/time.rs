//! The value of `--now`.

/// Parses seconds since 1970, or a time in RFC 3339 such as `2026-08-01T12:00:00Z`.
pub fn parse(text: &str) -> Result<u64, String> {
    let timestamp = || text.parse().ok().map(jiff::Timestamp::as_second);
    let seconds = text.parse().ok().or_else(|| timestamp().and_then(|seconds| seconds.try_into().ok()));
    seconds.ok_or_else(|| format!("invalid time `{text}`; write 2026-08-01T12:00:00Z, or seconds since 1970"))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_time_is_seconds_since_1970() {
        for (text, seconds) in [
            ("0", 0),
            ("1700000000", 1_700_000_000),
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:30:45Z", 951_827_445),
            ("2023-11-14T23:13:20.5+01:00", 1_700_000_000),
            ("2100-01-01T00:00:00-00:00", 4_102_444_800),
        ] {
            assert_eq!(parse(text), Ok(seconds), "{text}");
        }
        for text in
            ["", "soon", "2023-02-29T00:00:00Z", "2023-01-01", "2023-01-01T00:00:00", "1969-12-31T23:59:59Z"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
