//! The query string, decoded once, in the order in which it was sent.

use crate::invalid::{Invalid, InvalidParameter, Rule, shown};
use percent_encoding::percent_decode_str;

/// Names and values of a query string, decoded as a form (WHATWG URL, section 5.1), but strictly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

/// A parameter such as `filter[name][eq]=x`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deep<'q> {
    /// The parameter as it was sent, decoded: for the report of a fault.
    pub parameter: &'q str,
    /// What stands in the brackets: `["name", "eq"]`.
    pub segments: Vec<&'q str>,
    /// The value; empty means the default.
    pub value: &'q str,
}

impl Query {
    /// How many parameters a request may have.
    pub const MAX_PARAMETERS: usize = 100;

    /// Reads the part of a URL after `?`.
    ///
    /// # Errors
    /// A `%` that no two hexadecimal digits follow, text that is not UTF-8, and more than [`Self::MAX_PARAMETERS`].
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let mut pairs = Vec::new();
        for part in raw.split('&').filter(|part| !part.is_empty()) {
            if pairs.len() == Self::MAX_PARAMETERS {
                let maximum = Self::MAX_PARAMETERS as i64;
                return Err(InvalidParameter::query(
                    "query",
                    Rule::MaxItems { maximum },
                    format!("must have at most {maximum} parameters"),
                )
                .into());
            }
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match (decode(name), decode(value)) {
                (Some(name), Some(value)) => pairs.push((name, value)),
                (name, _) => {
                    let field = name.map_or_else(|| "query".to_owned(), |name| shown(&name));
                    return Err(InvalidParameter::query(field, Rule::Invalid, "must be percent-encoded UTF-8").into());
                }
            }
        }
        Ok(Self { pairs })
    }

    /// All pairs, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a parameter that may be sent once; left out and empty are the same.
    ///
    /// # Errors
    /// If it was sent more than once: which one counts would be a guess.
    pub fn get(&self, name: &str) -> Result<Option<&str>, InvalidParameter> {
        let mut values = self.pairs().filter(|(sent, _)| *sent == name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(repeated(name)),
            (first, None) => Ok(first.map(|(_, value)| value).filter(|value| !value.is_empty())),
        }
    }

    /// A parameter that is `true` or `false`.
    ///
    /// # Errors
    /// If it is anything else.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, InvalidParameter> {
        self.get(name)?
            .map(|value| match value {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(InvalidParameter::query(name, Rule::IsBoolean, "must be true or false")),
            })
            .transpose()
    }

    /// The parameters of a deepObject: for `filter`, everything that is `filter` or starts with `filter[`.
    ///
    /// # Errors
    /// Brackets that do not match, and a parameter that was sent twice.
    pub fn deep(&self, object: &str) -> Result<Vec<Deep<'_>>, Invalid> {
        let (mut found, mut faults) = (Vec::<Deep<'_>>::new(), Vec::new());
        for (parameter, value) in self.pairs() {
            let Some(rest) = parameter.strip_prefix(object) else {
                continue;
            };
            if !rest.is_empty() && !rest.starts_with('[') {
                continue;
            }
            if found.iter().any(|other| other.parameter == parameter) {
                faults.push(repeated(parameter));
                continue;
            }
            match segments(rest) {
                Some(segments) => found.push(Deep { parameter, segments, value }),
                None => faults.push(InvalidParameter::query(
                    shown(parameter),
                    Rule::Invalid,
                    format!("must have the form {object}[name] or {object}[name][operator]"),
                )),
            }
        }
        Invalid::any(faults).map(|()| found)
    }
}

fn repeated(parameter: &str) -> InvalidParameter {
    InvalidParameter::query(shown(parameter), Rule::Invalid, "must be sent only once")
}

/// `[name][eq]` to `name`, `eq`.
fn segments(mut rest: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (segment, after) = rest.strip_prefix('[')?.split_once(']')?;
        if segment.is_empty() || segment.contains('[') {
            return None;
        }
        found.push(segment);
        rest = after;
    }
    (!found.is_empty()).then_some(found)
}

fn decode(text: &str) -> Option<String> {
    let mut after_percent = text.split('%').skip(1);
    let well_formed = after_percent.all(|rest| {
        let mut digits = rest.bytes();
        [digits.next(), digits.next()].iter().all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit()))
    });
    if !well_formed {
        return None;
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(raw: &str) -> Vec<(String, String)> {
        Query::parse(raw).unwrap().pairs
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn a_query_is_decoded_as_a_form_in_its_order() {
        assert_eq!(
            pairs("b=x+y%2Bz&a&&=v&page%5Bsize%5D=%C3%BC=1"),
            [pair("b", "x y+z"), pair("a", ""), pair("", "v"), pair("page[size]", "ü=1")]
        );
        assert_eq!(pairs(""), []);
    }

    #[test]
    fn broken_encodings_are_refused() {
        for raw in ["a=%", "a=%4", "a=%zz", "a=%%41", "a=%ff", "a=%é", "%c3=1", "a=%+1"] {
            assert!(Query::parse(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn a_hundred_parameters_are_read_and_one_more_is_not() {
        assert_eq!(pairs(&"a=1&".repeat(100)).len(), 100);
        assert!(Query::parse(&"a=1&".repeat(101)).is_err());
    }

    #[test]
    fn a_repeated_parameter_is_refused_only_where_it_is_read() {
        let query = Query::parse("a=1&a=2&b=&c=true&d=yes").unwrap();
        assert!(query.get("a").is_err());
        assert_eq!(query.get("b"), Ok(None));
        assert_eq!(query.get("z"), Ok(None));
        assert_eq!(query.boolean("c"), Ok(Some(true)));
        assert_eq!(query.boolean("d").unwrap_err().rule, Rule::IsBoolean);
    }

    #[test]
    fn a_deep_object_is_taken_apart() {
        let query = Query::parse("filter[name]=a&filter[attributes.env][eq]=b&filters[x]=1&page[size]=2").unwrap();
        let read: Vec<_> = query.deep("filter").unwrap().into_iter().map(|deep| (deep.segments, deep.value)).collect();
        assert_eq!(read, [(vec!["name"], "a"), (vec!["attributes.env", "eq"], "b"),]);
    }

    #[test]
    fn a_deep_object_with_odd_brackets_is_refused() {
        for raw in [
            "filter=1",
            "filter[=1",
            "filter[]=1",
            "filter[a=1",
            "filter[a]b=1",
            "filter[a][=1",
            "filter[a]]=1",
            "filter[a[b]]=1",
            "filter[a]=1&filter[a]=2",
        ] {
            assert!(Query::parse(raw).unwrap().deep("filter").is_err(), "{raw}");
        }
    }
}
