//! Argon2id, in memory that one hash after the other works in.
//!
//! Hashes run on threads that come and go. Memory that each of them took for itself would stay with the allocator of its thread, as often
//! as there were threads; what is lent from here is there once for each hash at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::{MEMORY_KIB, PASSES};

/// The memory that hashes work in, as much as was ever in use at the same time. It keeps what the last hash left, until the next.
#[derive(Debug, Default)]
pub(super) struct Memory {
    idle: Mutex<Vec<Vec<Block>>>,
    made: AtomicUsize,
}

impl Memory {
    /// How many pieces there are.
    pub(super) fn pieces(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The PHC string of a password, with the parameters of today.
    pub(super) fn hash(&self, password: &[u8], salt: &[u8]) -> argon2::password_hash::Result<String> {
        let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
        let params = Params::new(MEMORY_KIB, PASSES, 1, Some(Params::DEFAULT_OUTPUT_LEN))?;
        let strings = ParamsString::try_from(&params)?;
        let hash = Some(self.compute(algorithm, version, params, password, salt)?);
        let salt = Some(Salt::new(salt)?);
        Ok(PasswordHash { algorithm: algorithm.ident(), version: Some(version.into()), params: strings, salt, hash }.to_string())
    }

    /// Whether a password is the one behind a PHC string, computed with the parameters that this names. Compared in constant time.
    pub(super) fn verify(&self, password: &[u8], phc: &PasswordHash) -> argon2::password_hash::Result<bool> {
        let (Some(salt), Some(expected)) = (&phc.salt, &phc.hash) else { return Ok(false) };
        let algorithm = Algorithm::try_from(phc.algorithm.as_str())?;
        let version = phc.version.map(Version::try_from).transpose()?.unwrap_or_default();
        Ok(self.compute(algorithm, version, Params::try_from(phc)?, password, salt)? == *expected)
    }

    fn compute(
        &self,
        algorithm: Algorithm,
        version: Version,
        params: Params,
        password: &[u8],
        salt: &[u8],
    ) -> argon2::password_hash::Result<Output> {
        let blocks = params.block_count();
        let mut output = [0; Output::MAX_LENGTH];
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN).min(output.len());
        let output = &mut output[..length];
        let idle = self.idle().pop();
        let mut memory = idle.unwrap_or_else(|| {
            self.made.fetch_add(1, Ordering::Relaxed);
            Vec::new()
        });
        if memory.len() < blocks {
            memory.resize(blocks, Block::new());
        }
        let computed =
            Argon2::new(algorithm, version, params).hash_password_into_with_memory(password, salt, output, &mut memory);
        self.idle().push(memory);
        computed?;
        Output::new(output).map_err(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use argon2::Argon2;
    use argon2::password_hash::phc::PasswordHash;
    use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

    use super::{Algorithm, Memory, Params, Version};

    const PASSWORD: &[u8] = b"correct horse battery staple";

    #[test]
    fn what_is_hashed_here_is_what_argon2_itself_says_and_the_other_way_round() {
        let memory = Memory::default();
        let ours = memory.hash(PASSWORD, b"a salt of its own").expect("a hash");
        assert!(ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{ours}");
        let parsed = PasswordHash::new(&ours).expect("a PHC string");
        assert_eq!(Argon2::default().verify_password(PASSWORD, &parsed), Ok(()));
        // Of smaller and larger memory than ours, in the piece that is there.
        for blocks in [16, 40_000] {
            let params = Params::new(blocks, 1, 2, None).expect("parameters");
            let theirs =
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_with_salt(PASSWORD, b"another salt");
            let theirs = theirs.expect("a hash");
            assert_eq!(memory.verify(PASSWORD, &theirs), Ok(true));
            assert_eq!(memory.verify(b"something else", &theirs), Ok(false));
        }
        assert_eq!(memory.verify(PASSWORD, &parsed), Ok(true), "what a larger hash left in the memory changes nothing");
        assert_eq!(memory.pieces(), 1);
    }
}
