//! A crash at each store call of a request, once before the call and once after its commit; then the same request again.

use crate::client::Reply;
use crate::portal::TestPortal;

/// What a client met at one crash point.
#[derive(Clone, Copy, Debug)]
pub struct Crash {
    /// The call that did not come back, from 0; nothing for the run without a crash.
    pub at: Option<(usize, bool)>,
    /// The answer of the request that was cut off.
    pub first: u16,
    /// The answer of the same request after the store was back; nothing where the first one was a success.
    pub again: Option<u16>,
}

impl Crash {
    /// The last answer that the client got.
    pub fn answer(&self) -> u16 {
        self.again.unwrap_or(self.first)
    }
}

/// Sends a request without a crash, then once for each crash point, each time in a new scene (they are numbered). What is cut off is
/// a 503 or, if the crash hit what follows the change, `done`; a 503 is asked again once the store is back. `check` looks at what came of it. How many scenes there were.
pub async fn each_crash<S>(
    portal: &TestPortal,
    done: u16,
    scene: impl AsyncFn(usize) -> S,
    ask: impl AsyncFn(&S) -> Reply,
    check: impl AsyncFn(&S, Crash),
) -> usize {
    let whole = scene(0).await;
    portal.take_calls();
    let first = ask(&whole).await.expect(done).status.as_u16();
    let calls = portal.take_calls().len();
    assert!(calls >= 1, "there is something to sweep");
    check(&whole, Crash { at: None, first, again: None }).await;
    for at in 0..calls {
        for during in [false, true] {
            let scene = scene(1 + 2 * at + usize::from(during)).await;
            let faults = portal.database.faults();
            if during {
                faults.crash_during(at);
            } else {
                faults.crash_before(at);
            }
            let first = ask(&scene).await.status.as_u16();
            faults.heal();
            assert!(first == 503 || first == done, "call {at}, during: {during}: {first}");
            let again = if first == 503 { Some(ask(&scene).await.status.as_u16()) } else { None };
            check(&scene, Crash { at: Some((at, during)), first, again }).await;
        }
    }
    1 + 2 * calls
}
