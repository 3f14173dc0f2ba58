//! Failed sign-ins are counted before they are answered, and so is a wrong current password: one throttle for both, so that neither
//! is a way around the other.

use portico_domain::event::{Actor, Event, Name};
use portico_domain::notice::Limited;
use portico_store::decide_again;
use portico_store::sessions::CountFailureError;
use portico_store::throttles::{Counter, Pass, Verdict, judge};
use serde_json::json;

use crate::portal::Portal;
use crate::problem::Problem;

impl Portal {
    /// Counts a failure that passed the counters, and says what it is answered with: `wrong`, or that there were too many. The limit
    /// that it reaches is told of, with `by` as the actor.
    ///
    /// # Errors
    /// What the store says: what could not be counted is not answered.
    pub async fn count_failure(
        &self,
        counters: &[Counter; 2],
        passes: Vec<Pass>,
        by: &Actor,
        wrong: Problem,
    ) -> Result<Problem, Problem> {
        let mut first = Some(passes);
        let wait = decide_again(|| {
            let first = first.take();
            async {
                let verdict = match first {
                    Some(passes) => Verdict::Passes(passes),
                    None => self.verdict(counters).await?,
                };
                match verdict {
                    Verdict::RetryAfter(seconds) => Ok(Some(Some(seconds))),
                    Verdict::Passes(passes) => {
                        let told = self.limits_reached(&passes, by)?;
                        match self.store.count_failed_sign_in(self.config.portal, &passes, &told).await {
                            Ok(()) => Ok(Some(None)),
                            Err(CountFailureError::CounterMoved) => Ok(None),
                            Err(CountFailureError::Store(error)) => Err(Problem::from(error)),
                        }
                    }
                }
            }
        })
        .await?;
        Ok(wait.map_or(wrong, too_many_attempts))
    }

    /// What the counters say now.
    ///
    /// # Errors
    /// What the store says.
    pub async fn verdict(&self, counters: &[Counter; 2]) -> Result<Verdict, Problem> {
        let items = self.store.load(&counters.each_ref().map(|counter| counter.key().clone())).await?;
        Ok(judge(counters, &items, self.now())?)
    }

    /// The events of the limits that one more failure reaches: of an address or of a source, without saying which.
    fn limits_reached(&self, passes: &[Pass], by: &Actor) -> Result<Vec<Event>, Problem> {
        let reached = passes.iter().zip([Limited::Address, Limited::Source]).filter(|(pass, _)| pass.reaches_limit());
        let event = |(_, limit)| {
            let data = json!({ "portal": self.config.portal, "limit": limit });
            self.event(Name::SignInThrottled, by.clone(), data)
        };
        reached.map(event).collect()
    }
}

/// 429: no more answers for a while.
pub fn too_many_attempts(seconds: u64) -> Problem {
    Problem::too_many_requests(
        seconds,
        "There were too many attempts. Wait a while, or set a new password with the link in a mail.",
    )
}
