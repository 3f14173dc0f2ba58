//! `Idempotency-Key`: a client that is not told what became of a creating request may send it again under the same key.
//!
//! Only what was made is kept; a request that was refused is decided anew. The answer to a repetition is made of what is there now.

use portico_store::idempotency::{Earlier, Made, Once};
use portico_store::{Items, Key};
use serde_json::json;

use crate::Response;
use crate::portal::Portal;
use crate::problem::{Kind, Problem};
use crate::request::Request;

/// The header.
pub const HEADER: &str = "idempotency-key";
/// The longest key.
pub const MOST: usize = 255;

/// What a request says of being sent again: nothing, if it has no key.
#[derive(Clone, Debug)]
pub struct Repeat(Option<Once>);

/// A request came to its end.
#[derive(Debug)]
pub enum Outcome {
    /// As the first of its key, or without one.
    First(Response),
    /// An earlier one had made this.
    Repeated(Made),
}

impl Request {
    /// Whether the request may be repeated. Look at the result after the caller is known: 401 comes before 400.
    ///
    /// # Errors
    /// A 400 for a key in another form.
    pub fn repeat(&self) -> Result<Repeat, Problem> {
        let (Some(sent), Some(claims)) = (self.headers.get(HEADER), &self.claims) else { return Ok(Repeat(None)) };
        let key = sent
            .to_str()
            .ok()
            .filter(|key| (1..=MOST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()))
            .ok_or_else(|| {
                Problem::new(Kind::Invalid, format!("The header Idempotency-Key must be 1 to {MOST} visible ASCII characters."))
            })?;
        let mut request = json!({ "operation": self.route.operation, "path": self.path, "body": self.body });
        request.sort_all_objects();
        Ok(Repeat(Some(Once::new(claims.sub, key, &request.to_string()))))
    }
}

impl Repeat {
    /// What is to be read with the session.
    pub fn keys(this: &Result<Self, Problem>) -> impl Iterator<Item = Key> + use<> {
        this.as_ref().ok().and_then(Self::once).map(|once| once.key().clone()).into_iter()
    }

    /// What is to be kept in the transaction of the effect.
    pub fn once(&self) -> Option<&Once> {
        self.0.as_ref()
    }

    /// Does what is asked for, unless `items`, which were read with the session, show that it was done before, or it fails and was
    /// done meanwhile.
    ///
    /// # Errors
    /// What `first` says; a 409 if another request had the key.
    pub async fn first(
        &self,
        portal: &Portal,
        items: &Items,
        first: impl Future<Output = Result<Response, Problem>>,
    ) -> Result<Outcome, Problem> {
        if let Some(made) = self.made(portal, items)? {
            return Ok(Outcome::Repeated(made));
        }
        let problem = match first.await {
            Ok(response) => return Ok(Outcome::First(response)),
            Err(problem) => problem,
        };
        let Some(once) = &self.0 else { return Err(problem) };
        match portal.store.load(std::slice::from_ref(once.key())).await {
            Ok(items) => self.made(portal, &items)?.map(Outcome::Repeated).ok_or(problem),
            Err(_) => Err(problem), // the first failure says more than the second
        }
    }

    fn made(&self, portal: &Portal, items: &Items) -> Result<Option<Made>, Problem> {
        let earlier = self.0.as_ref().map_or(Ok(Earlier::Nothing), |once| once.earlier(items, portal.now()))?;
        match earlier {
            Earlier::Nothing => Ok(None),
            Earlier::Same(made) => Ok(Some(made)),
            Earlier::Other => {
                Err(Problem::new(Kind::Conflict, "This Idempotency-Key was sent with another request. Choose another key."))
            }
        }
    }
}

/// What an earlier request made is not there any more, and a repetition does not make it again.
pub fn gone() -> Problem {
    Problem::new(Kind::Conflict, "What was made under this Idempotency-Key is gone. Choose another key to make it again.")
}

/// An earlier request holds the key, although it could not be read just after: it has expired in between.
pub fn raced() -> Problem {
    Problem::busy("the item of an idempotency key expired while it was looked at")
}
