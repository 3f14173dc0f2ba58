//! Times as people read them: relative, with the exact time beside it.

use portico_domain::time::Timestamp;

/// A moment, seen from now.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    /// RFC 3339.
    pub(crate) exact: String,
    /// `3 hours ago`, `in 2 days`, `just now`.
    pub(crate) relative: String,
}

const STEPS: [(u64, &str); 6] =
    [(31_536_000, "year"), (2_592_000, "month"), (86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];

impl Moment {
    /// A moment as it is read at another.
    pub(crate) fn of(at: Timestamp, now: Timestamp) -> Self {
        Self { exact: at.rfc3339(), relative: relative(now.seconds() - at.seconds()) }
    }
}

fn relative(seconds_ago: i64) -> String {
    let distance = seconds_ago.unsigned_abs();
    if distance < 45 {
        return if seconds_ago >= 0 { "just now".to_owned() } else { "in a moment".to_owned() };
    }
    let (size, unit) = STEPS.into_iter().find(|(size, _)| distance >= *size).unwrap_or((1, "second"));
    let count = distance / size;
    let plural = if count == 1 { "" } else { "s" };
    if seconds_ago >= 0 { format!("{count} {unit}{plural} ago") } else { format!("in {count} {unit}{plural}") }
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn a_time_is_told_in_its_largest_unit() {
        let cases = [
            (0, "just now"),
            (44, "just now"),
            (45, "45 seconds ago"),
            (60, "1 minute ago"),
            (7_199, "1 hour ago"),
            (86_400 * 3, "3 days ago"),
            (86_400 * 400, "1 year ago"),
            (-10, "in a moment"),
            (-86_400 * 65, "in 2 months"),
        ];
        for (seconds, words) in cases {
            assert_eq!(relative(seconds), words);
        }
    }
}
