//! The outbox: mails as RFC 5322 files, and what `/_local/mail` shows of them.

use std::path::{Path, PathBuf};

use mail_parser::{Message, MessageParser};
use serde::Serialize;

/// A folder of mails. File names are the ids of the events that caused them, so they sort by time.
#[derive(Clone, Debug)]
pub struct Outbox {
    folder: PathBuf,
}

/// A mail as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Id of the event that caused it.
    pub id: String,
    /// Whom it is for; several are separated by commas.
    pub to: String,
    /// Subject.
    pub subject: String,
}

/// A mail as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// As listed.
    #[serde(flatten)]
    pub listed: Listed,
    /// The text part, decoded.
    pub text: String,
}

impl Outbox {
    /// The outbox in that folder.
    #[must_use]
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts the message of an event there. The same event again replaces it.
    ///
    /// # Errors
    /// If its file cannot be written.
    pub fn put(&self, event: &str, message: &[u8]) -> std::io::Result<()> {
        if !is_name(event) {
            return Err(std::io::ErrorKind::InvalidInput.into());
        }
        // Whoever looks into the folder sees whole mails only.
        let draft = self.folder.join(format!("{event}.new"));
        std::fs::write(&draft, message)?;
        std::fs::rename(draft, self.folder.join(format!("{event}.eml")))
    }

    /// The mails, the oldest first; only those to an address, if one is given.
    ///
    /// # Errors
    /// If the folder or a file cannot be read.
    pub fn list(&self, to: Option<&str>) -> std::io::Result<Vec<Listed>> {
        let all = self.ids()?.into_iter().filter_map(|id| self.show(&id).transpose());
        let all = all.map(|shown| shown.map(|shown| shown.listed)).collect::<Result<Vec<_>, _>>()?;
        Ok(all.into_iter().filter(|mail| to.is_none_or(|to| mail.is_for(to))).collect())
    }

    /// A mail, if there is one with that id.
    ///
    /// # Errors
    /// If its file cannot be read.
    pub fn show(&self, id: &str) -> std::io::Result<Option<Shown>> {
        if !is_name(id) {
            return Ok(None);
        }
        let bytes = match std::fs::read(self.folder.join(format!("{id}.eml"))) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        Ok(MessageParser::default().parse(&bytes).map(|message| shown(id, &message)))
    }

    /// The last link in the newest mail to an address that has one.
    ///
    /// # Errors
    /// If the folder or a file cannot be read.
    pub fn last_link(&self, to: &str) -> std::io::Result<Option<String>> {
        for id in self.ids()?.into_iter().rev() {
            let Some(mail) = self.show(&id)?.filter(|mail| mail.listed.is_for(to)) else { continue };
            if let Some(link) = last_link(&mail.text) {
                return Ok(Some(link.to_owned()));
            }
        }
        Ok(None)
    }

    fn ids(&self) -> std::io::Result<Vec<String>> {
        let mut ids = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "eml") {
                ids.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
            }
        }
        ids.sort();
        Ok(ids)
    }
}

/// An id is a name in this folder and nowhere else.
fn is_name(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl Listed {
    fn is_for(&self, address: &str) -> bool {
        self.to.split(", ").any(|to| to.eq_ignore_ascii_case(address))
    }
}

fn shown(id: &str, message: &Message<'_>) -> Shown {
    let to: Vec<_> = message.to().into_iter().flat_map(|to| to.iter()).filter_map(|to| to.address()).collect();
    Shown {
        listed: Listed { id: id.to_owned(), to: to.join(", "), subject: message.subject().unwrap_or_default().to_owned() },
        text: message.body_text(0).unwrap_or_default().into_owned(),
    }
}

fn last_link(text: &str) -> Option<&str> {
    let start = text.rfind("https://").max(text.rfind("http://"))?;
    let link = text.split_at(start).1;
    let link = link.split(|next: char| next.is_whitespace() || matches!(next, '<' | '>' | '"')).next()?;
    Some(link.trim_end_matches(['.', ',', ')']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_link_to_an_address_is_found_whatever_the_encoding() {
        let folder = std::env::temp_dir().join(format!("portico-outbox-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let outbox = Outbox::at(folder.clone());
        let put = |id: &str, mail: String| outbox.put(id, mail.as_bytes()).unwrap();
        let mail = |to: &str, body: &str| {
            format!(
                "From: a@x.test\r\nTo: Ada <{to}>\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n\
                 Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{body}"
            )
        };
        put("01-a", mail("ada@x.test", "Old: http://h/login?token=3D1"));
        put("02-b", mail("eve@x.test", "http://h/eve"));
        let folded = "Hello http://h/home and\r\nhttp://h/login?email=3Dada%40x.test&tok=\r\nen=3D2.\r\nBye";
        put("03-c", mail("ada@x.test", folded));
        put("04-d", mail("ada@x.test", "No link here."));
        put("05-e", mail("bob@x.test>, <eve@x.test", "To both."));
        let both = outbox.list(Some("bob@x.test")).unwrap();
        assert_eq!(
            (both[0].to.as_str(), &both),
            ("bob@x.test, eve@x.test", &outbox.list(Some("EVE@x.test")).unwrap()[1..].to_vec())
        );
        let link = outbox.last_link("ADA@x.test").unwrap();
        let listed = outbox.list(Some("eve@x.test")).unwrap()[..1].to_vec();
        assert!(outbox.put("../06-f", b"").is_err());
        let (outside, none) = (outbox.show("../03-c").unwrap(), outbox.last_link("bob@x.test").unwrap());
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(link.as_deref(), Some("http://h/login?email=ada%40x.test&token=2"));
        assert_eq!(listed, [Listed { id: "02-b".into(), to: "eve@x.test".into(), subject: "Grüße".into() }]);
        assert_eq!((outside, none), (None, None));
    }
}
