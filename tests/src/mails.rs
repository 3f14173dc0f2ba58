//! An SES below the AWS SDK that keeps what it is sent and fails as it is told to; and the events that say that a mail is due.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use mail_parser::{Message, MessageParser};
use portico::in_process::{Service, json_answer, sdk_config};
use portico::post::Letter;
use portico_delivery::mail::Mailer;
use portico_domain::notice::{MAIL_DUE, MAIL_SOURCE};
use portico_store::stream::Committed;
use serde_json::{Value, json};

/// What SES does with a call instead of taking the mail.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// An error of that status and name. What SES writes about it repeats the address, as the real one does.
    Answers(u16, &'static str),
    /// It takes the mail, and the answer is lost.
    TakesAndTimesOut,
    /// The connection breaks before it sees the call.
    Unreachable,
}

/// The fake. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct FakeSes(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    taken: Vec<Letter>,
    calls: usize,
    next: VecDeque<Fault>,
    always: Option<Fault>,
}

impl FakeSes {
    /// A mailer that sends to it.
    pub fn mailer(&self) -> Mailer {
        Mailer::new(&sdk_config(self.clone()), Some("portico-mail".to_owned()))
    }

    /// The next calls meet these, one each.
    pub fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state().next.extend(faults);
    }

    /// Every call meets this, until [`FakeSes::heal`].
    pub fn always(&self, fault: Fault) {
        self.state().always = Some(fault);
    }

    /// Takes every fault back.
    pub fn heal(&self) {
        let mut state = self.state();
        state.next.clear();
        state.always = None;
    }

    /// What it took since the last time.
    pub fn take(&self) -> Vec<Letter> {
        std::mem::take(&mut self.state().taken)
    }

    /// How many calls there were since the last time.
    pub fn take_calls(&self) -> usize {
        std::mem::take(&mut self.state().calls)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service for FakeSes {
    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let letter = Letter::read(&request)?;
        let mut state = self.state();
        state.calls += 1;
        let fault = state.next.pop_front().or(state.always);
        match fault {
            None => {
                let answer = letter.taken();
                state.taken.push(letter);
                answer
            }
            Some(Fault::TakesAndTimesOut) => {
                state.taken.push(letter);
                Err(ConnectorError::timeout("injected: timed out".into()))
            }
            Some(Fault::Unreachable) => Err(ConnectorError::io(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into())),
            Some(Fault::Answers(status, name)) => {
                let message = format!("injected about {}", letter.to.join(" "));
                let mut answer = json_answer(status, &json!({ "message": message }))?;
                answer.headers_mut().insert("x-amzn-errortype", name);
                Ok(answer)
            }
        }
    }
}

/// The event of the bus that says that the mail about an event is due.
pub fn mail_due(committed: &Committed) -> Value {
    json!({
        "version": "0",
        "id": "7f0d4c1e-0000-4000-8000-000000000001",
        "detail-type": MAIL_DUE,
        "source": MAIL_SOURCE,
        "account": "123456789012",
        "time": committed.event.at.rfc3339(),
        "region": "eu-central-1",
        "resources": [],
        "detail": committed,
    })
}

/// A mail as its reader sees it.
pub fn parsed(letter: &Letter) -> Message<'_> {
    MessageParser::default().parse(&letter.message).expect("a message")
}

/// The subject of a mail.
pub fn subject(letter: &Letter) -> String {
    parsed(letter).subject().unwrap_or_default().to_owned()
}

/// The text part of a mail.
pub fn text(letter: &Letter) -> String {
    parsed(letter).body_text(0).expect("a text").into_owned()
}

/// The last link in a mail.
pub fn link(letter: &Letter) -> String {
    let text = text(letter);
    let start = text.rfind("https://").expect("a link");
    text[start..].split_whitespace().next().expect("a link").to_owned()
}
