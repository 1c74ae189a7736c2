//! A time that is written down.

/// Seconds since 1970: as a number, or as RFC 3339 has it, `2026-08-01T12:00:00Z`.
pub fn parse(text: &str) -> Result<u64, String> {
    let help = || format!("`{text}` is no time: write 2026-08-01T12:00:00Z, or seconds since 1970");
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    rfc3339(text).and_then(|seconds| u64::try_from(seconds).ok()).ok_or_else(help)
}

/// RFC 3339, section 5.6; fractions of a second are cut.
fn rfc3339(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let [year, month, day] = numbers(date, '-')?;
    let zone_at = time.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at_checked(zone_at)?;
    let whole = clock.split_once('.').map_or(clock, |(whole, _)| whole);
    let [hour, minute, second] = numbers(whole, ':')?;
    let in_range = (1..=12).contains(&month)
        && (1..=days_of(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let ahead = offset(zone)?;
    in_range.then(|| days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - ahead)
}

fn numbers(text: &str, separator: char) -> Option<[i64; 3]> {
    let mut parts = text.split(separator).map(|part| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    });
    let found = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(found)
}

/// By how many seconds a zone is ahead.
fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = zone.split_at_checked(1)?;
    let [hours, minutes, _] = numbers(&format!("{rest}:0"), ':')?;
    let ahead = hours * 3600 + minutes * 60;
    (hours < 24 && minutes < 60).then_some(if sign == "-" { -ahead } else { ahead })
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from 1970 to a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let before = |year: i64| year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let months: i64 = (1..month).map(|month| days_of(year, month)).sum();
    before(year - 1) - before(1969) + months + day - 1
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
