//! The data folder: the table's file, keys, the administrator's token, mails and specifications.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;

/// A folder that belongs to one local portal.
#[derive(Debug)]
pub struct DataFolder {
    root: PathBuf,
    temporary: bool,
}

/// The folder, or a file in it, cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct Unusable {
    /// What cannot be used.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

impl DataFolder {
    /// A folder that stays.
    ///
    /// # Errors
    /// [`Unusable`] if it cannot be made or written.
    pub fn open(root: &Path) -> Result<Self, Unusable> {
        Self::made(root.to_owned(), false)
    }

    /// A folder that goes when this value does.
    ///
    /// # Errors
    /// [`Unusable`] if it cannot be made or written.
    pub fn temporary() -> Result<Self, Unusable> {
        let name = format!("portico-{}-{:016x}", std::process::id(), u64::from_ne_bytes(random(Path::new("temporary folder"))?));
        Self::made(std::env::temp_dir().join(name), true)
    }

    fn made(root: PathBuf, temporary: bool) -> Result<Self, Unusable> {
        fs::create_dir_all(&root).map_err(|error| unusable(&root, error))?;
        only_ours(&root)?;
        // The object store wants it absolute.
        let root = fs::canonicalize(&root).map_err(|error| unusable(&root, error))?;
        let folder = Self { root, temporary };
        for path in [folder.keys(), folder.outbox(), folder.specifications()] {
            fs::create_dir_all(&path).map_err(|error| unusable(&path, error))?;
        }
        Ok(folder)
    }

    /// The file that the embedded engine keeps the table in.
    #[must_use]
    pub fn table(&self) -> PathBuf {
        self.root.join("table.db")
    }

    /// Where mails land, one RFC 5322 file each.
    #[must_use]
    pub fn outbox(&self) -> PathBuf {
        self.root.join("outbox")
    }

    /// The bus: the events that wait.
    #[must_use]
    pub fn bus(&self) -> PathBuf {
        self.root.join("bus")
    }

    /// Events, and records of the stream, that a function could do nothing with.
    #[must_use]
    pub fn dead_letters(&self) -> PathBuf {
        self.root.join("dead-letters")
    }

    /// Where the bodies of specifications lie.
    #[must_use]
    pub fn specifications(&self) -> PathBuf {
        self.root.join("specifications")
    }

    /// The first administrator's token.
    #[must_use]
    pub fn admin_token(&self) -> PathBuf {
        self.root.join("admin-token")
    }

    /// How far the table's stream has been read.
    #[must_use]
    pub fn cursor(&self) -> PathBuf {
        self.root.join("stream-cursor")
    }

    /// Which files of `--apis` have been published.
    #[must_use]
    pub fn published(&self) -> PathBuf {
        self.root.join("published-apis")
    }

    /// What functions that run as processes of their own are told: `KEY=VALUE` lines, secrets among them.
    #[must_use]
    pub fn functions_environment(&self) -> PathBuf {
        self.root.join("functions.env")
    }

    /// Makes the folder that of a table, and forgets what it remembers of another: its administrator's token, how far its stream was
    /// read, what was published in it. An emulation that keeps its tables in memory has another one after each start.
    ///
    /// # Errors
    /// [`Unusable`] if the folder has a table of its own, or cannot be written.
    pub fn adopt(&self, table: &str) -> Result<(), Unusable> {
        let marker = self.marker();
        if self.table().exists() {
            let reason = "it has a table of its own: name another folder with --data".to_owned();
            return Err(Unusable { path: self.root.clone(), reason });
        }
        if read_secret(&marker)?.as_deref() == Some(table.as_bytes()) {
            return Ok(());
        }
        for of_another in [self.admin_token(), self.cursor(), self.published()] {
            match fs::remove_file(&of_another) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(unusable(&of_another, error)),
                _ => {}
            }
        }
        write_secret(&marker, table.as_bytes()).map(|_| ())
    }

    /// Refuses a folder that belongs to a table elsewhere.
    ///
    /// # Errors
    /// [`Unusable`] says so.
    pub fn keeps_its_own_table(&self) -> Result<(), Unusable> {
        if self.marker().exists() {
            let reason = "it belongs to a table elsewhere: give its --endpoint-url, or another folder with --data".to_owned();
            return Err(Unusable { path: self.root.clone(), reason });
        }
        Ok(())
    }

    /// Names the table that the folder belongs to, if that is not in the folder.
    fn marker(&self) -> PathBuf {
        self.root.join("table-elsewhere")
    }

    fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The key of that name, 32 random bytes made at the first call.
    ///
    /// # Errors
    /// [`Unusable`] if it cannot be read or written, or is damaged.
    pub fn key(&self, name: &str) -> Result<[u8; 32], Unusable> {
        let path = self.keys().join(name);
        let bytes = match read_secret(&path)? {
            Some(bytes) => bytes,
            None => write_secret(&path, &random::<32>(&path)?)?,
        };
        bytes.try_into().map_err(|_| Unusable { path, reason: "the key is damaged".into() })
    }

    /// The Ed25519 key that signs sessions, made at the first call.
    ///
    /// # Errors
    /// [`Unusable`] if it cannot be read or written, or is damaged.
    pub fn session_key(&self) -> Result<SessionKey, Unusable> {
        use ed25519_dalek::pkcs8::DecodePrivateKey as _;
        let path = self.keys().join("session.pk8");
        let damaged = |error: ed25519_dalek::pkcs8::Error| Unusable { path: path.clone(), reason: error.to_string() };
        let der = match read_secret(&path)? {
            Some(der) => der,
            None => {
                let key = SigningKey::from_bytes(&random(&path)?);
                write_secret(&path, key.to_pkcs8_der().map_err(damaged)?.as_bytes())?
            }
        };
        let key = SigningKey::from_pkcs8_der(&der).map_err(damaged)?;
        Ok(SessionKey { pkcs8: der, public: key.verifying_key().to_bytes() })
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        if self.temporary {
            // Nothing is left to tell; the system clears its temporary folder itself.
            let _left = fs::remove_dir_all(&self.root);
        }
    }
}

/// The key that signs sessions.
pub struct SessionKey {
    /// The private key, PKCS#8 DER.
    pub pkcs8: Vec<u8>,
    /// The public key.
    pub public: [u8; 32],
}

impl SessionKey {
    /// The public key's name in the tokens that it verifies.
    #[must_use]
    pub fn id(&self) -> String {
        self.public.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionKey({})", self.id())
    }
}

/// What a secret file holds, if it is there.
///
/// # Errors
/// [`Unusable`] if it is there and cannot be read.
pub fn read_secret(path: &Path) -> Result<Option<Vec<u8>>, Unusable> {
    let mut bytes = Vec::new();
    match OpenOptions::new().read(true).open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(path, error)),
        Ok(mut file) => match file.read_to_end(&mut bytes) {
            Ok(_) => Ok(Some(bytes)),
            Err(error) => Err(unusable(path, error)),
        },
    }
}

/// Writes a secret file, readable by its owner alone, in one step: after a crash it is there whole or not at all.
///
/// # Errors
/// [`Unusable`] if it cannot be written.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<Vec<u8>, Unusable> {
    let draft = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&draft).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, path)
    });
    written.map_err(|error| unusable(path, error))?;
    Ok(bytes.to_owned())
}

fn only_ours(path: &Path) -> Result<(), Unusable> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(|error| unusable(path, error))?;
    }
    Ok(())
}

fn random<const N: usize>(path: &Path) -> Result<[u8; N], Unusable> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Unusable { path: path.to_owned(), reason: error.to_string() })?;
    Ok(bytes)
}

fn unusable(path: &Path, error: std::io::Error) -> Unusable {
    Unusable { path: path.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_survive_and_are_for_their_owner_alone() {
        let root = std::env::temp_dir().join(format!("portico-data-{}", std::process::id()));
        let made = DataFolder::open(&root).unwrap();
        let (mail, session) = (made.key("mail").unwrap(), made.session_key().unwrap());
        assert_ne!(mail, made.key("refresh").unwrap());
        drop(made);
        let again = DataFolder::open(&root).unwrap();
        assert_eq!(again.key("mail").unwrap(), mail);
        assert_eq!(again.session_key().unwrap().pkcs8, session.pkcs8);
        #[cfg(unix)]
        for name in ["mail", "refresh", "session.pk8"] {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(root.join("keys").join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn a_temporary_folder_goes_with_its_value() {
        let folder = DataFolder::temporary().unwrap();
        let root = folder.root.clone();
        assert!(root.join("outbox").is_dir());
        drop(folder);
        assert!(!root.exists());
    }

    #[test]
    fn a_folder_forgets_what_it_remembers_of_another_table_and_never_gives_up_its_own() {
        let folder = DataFolder::temporary().unwrap();
        let remembered = || [folder.admin_token(), folder.cursor(), folder.published()].map(|path| path.exists());
        let remember =
            || [folder.admin_token(), folder.cursor(), folder.published()].map(|path| write_secret(&path, b"x").unwrap());
        folder.adopt("stream/1").unwrap();
        remember();
        folder.adopt("stream/1").unwrap();
        assert_eq!(remembered(), [true; 3], "the same table");
        folder.adopt("stream/2").unwrap();
        assert_eq!(remembered(), [false; 3], "another one");
        remember();
        fs::write(folder.table(), b"").unwrap();
        assert!(folder.adopt("stream/3").unwrap_err().to_string().contains("--data"));
        assert_eq!(remembered(), [true; 3]);
        assert!(folder.keeps_its_own_table().is_err());
        assert!(DataFolder::temporary().unwrap().keeps_its_own_table().is_ok());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let file = std::env::temp_dir().join(format!("portico-file-{}", std::process::id()));
        fs::write(&file, b"").unwrap();
        let refused = DataFolder::open(&file.join("data")).unwrap_err().to_string();
        fs::remove_file(&file).unwrap();
        assert!(refused.contains("portico-file-"), "{refused}");
    }
}
