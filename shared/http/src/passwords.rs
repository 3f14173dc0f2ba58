//! Hashing passwords: Argon2id, a bounded number at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use argon2::password_hash::phc::PasswordHash;
use portico_domain::password::{AttemptedPassword, Password};
use tokio::sync::Semaphore;

use crate::clock::Entropy;
use crate::problem::Problem;

mod argon;

use argon::Memory;

/// Memory of one hash in KiB (OWASP's floor: 19 MiB with 2 passes).
pub const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over that memory.
pub const PASSES: u32 = 2;
/// Hashes at the same time; more wait, so that memory stays bounded.
pub const AT_ONCE: usize = 4;
/// Sign-ins that may wait for a hash; more are told to come back.
pub const WAITING: usize = 60;

/// Hashes and verifies.
#[derive(Clone, Debug)]
pub struct Passwords {
    running: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    memory: Arc<Memory>,
    computed: Arc<AtomicU64>,
    at_work: Arc<AtomicUsize>,
    most_at_work: Arc<AtomicUsize>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            running: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            memory: Arc::default(),
            computed: Arc::default(),
            at_work: Arc::default(),
            most_at_work: Arc::default(),
        }
    }
}

/// A hash that no password has, verified when there is none to verify: a stranger costs what a developer costs.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$cG9ydGljby1uby1vbmUhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

impl Passwords {
    /// Number of hashes computed so far, for tests that count instead of measuring time.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// The most hashes that were computed at the same moment.
    pub fn most_at_once(&self) -> usize {
        self.most_at_work.load(Ordering::Relaxed)
    }

    /// How many pieces of memory hashes have worked in, each of [`MEMORY_KIB`].
    pub fn pieces_of_memory(&self) -> usize {
        self.memory.pieces()
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&Memory) -> T + Send + 'static) -> Result<T, Problem> {
        let Ok(place) = self.queue.clone().try_acquire_owned() else {
            return Err(Problem::busy("too many passwords wait to be hashed"));
        };
        let running = self.running.clone().acquire_owned().await.map_err(|error| Problem::internal(error.to_string()))?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        let (at_work, most, memory) = (self.at_work.clone(), self.most_at_work.clone(), self.memory.clone());
        let work = move || {
            // The places belong to the work: whoever asked may hang up, and the memory is in use until it is done.
            let _places = (place, running);
            most.fetch_max(at_work.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            let done = work(&memory);
            at_work.fetch_sub(1, Ordering::Relaxed);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(error.to_string()))
    }

    /// The PHC string of a new password.
    ///
    /// # Errors
    /// A 503 when too many wait; a 500 without randomness.
    pub async fn hash(&self, password: Password, entropy: &dyn Entropy) -> Result<String, Problem> {
        let mut salt = [0_u8; 16];
        entropy.fill(&mut salt).map_err(|error| Problem::internal(error.to_string()))?;
        let hashed = self.run(move |memory| memory.hash(password.expose(), &salt)).await?;
        hashed.map_err(|error| Problem::internal(error.to_string()))
    }

    /// Whether a password is the one behind a PHC string. Without one the same work is done for nobody.
    ///
    /// # Errors
    /// A 503 when too many wait.
    pub async fn verify(&self, attempt: AttemptedPassword, phc: Option<String>) -> Result<bool, Problem> {
        let somebody = phc.is_some();
        let phc = phc.unwrap_or_else(|| NOBODY.to_owned());
        let matches = self
            .run(move |memory| {
                let hash = PasswordHash::new(&phc).map_err(|error| Problem::internal(error.to_string()))?;
                Ok::<_, Problem>(memory.verify(attempt.expose(), &hash).unwrap_or(false))
            })
            .await??;
        Ok(matches && somebody)
    }
}
