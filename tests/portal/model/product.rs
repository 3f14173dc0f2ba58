//! What the product is to do, in memory: the contract's rules about applications, registrations, keys, decisions and publications, and
//! which calls pass. It predicts the answer of each step.

use portico_domain::status::{Status, Step as Decided};

/// How many developers there are.
pub(crate) const DEVELOPERS: usize = 3;
/// How many APIs.
pub(crate) const APIS: usize = 3;
/// How many auth strategies; the first is the portal's default.
pub(crate) const STRATEGIES: usize = 2;
/// The reference ids that everybody wants: few, so that they collide.
pub(crate) const REFERENCES: [&str; 4] = ["one", "two", "three", "four"];
/// Keys of an application at most (contract, point 21).
const KEYS: usize = 20;

/// Something that somebody does. Applications, registrations and keys are numbered in the order in which they were made, whoever made
/// them and whether they are still there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    SignIn { developer: usize },
    CreateApp { developer: usize, reference: Option<usize>, strategy: Option<usize> },
    RenameApp { developer: usize, app: usize },
    ChangeReference { developer: usize, app: usize, reference: usize },
    DeleteApp { developer: usize, app: usize },
    Register { developer: usize, app: usize, api: usize },
    Cancel { developer: usize, registration: usize },
    CreateKey { developer: usize, app: usize },
    RenameKey { developer: usize, key: usize },
    DeleteKey { developer: usize, key: usize },
    DecideDeveloper { developer: usize, status: Status },
    DecideRegistration { registration: usize, status: Status },
    DeleteRegistration { registration: usize },
    RemoveApp { app: usize },
    Publish { api: usize, terms: Terms },
    Unpublish { api: usize },
    ApproveByItself { on: bool },
}

/// How an API is published.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Its strategy; nothing: no application authentication.
    pub(crate) strategy: Option<usize>,
    /// Whether its registrations are approved by themselves.
    pub(crate) loose: bool,
}

/// What a step is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A success, with the status of what it shows, if it shows one.
    Done(u16, Option<Status>),
    /// A problem of a kind.
    Problem(u16, &'static str),
}

#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) owner: usize,
    pub(crate) strategy: usize,
    pub(crate) reference: Option<usize>,
    pub(crate) live: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Registration {
    pub(crate) app: usize,
    pub(crate) api: usize,
    pub(crate) status: Status,
    pub(crate) live: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) app: usize,
    pub(crate) live: bool,
}

/// The whole product.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) developers: [Status; DEVELOPERS],
    pub(crate) signed_in: [bool; DEVELOPERS],
    pub(crate) published: [Option<Terms>; APIS],
    pub(crate) approves_by_itself: bool,
    pub(crate) apps: Vec<App>,
    pub(crate) registrations: Vec<Registration>,
    pub(crate) keys: Vec<Key>,
}

use Answer::{Done, Problem};

const NOT_FOUND: Answer = Problem(404, "not-found");
const TAKEN: Answer = Problem(409, "reference-id-taken");
const INVALID: Answer = Problem(400, "invalid-request");

impl Product {
    /// Three approved developers, nothing published.
    pub(crate) fn new() -> Self {
        Self {
            developers: [Status::Approved; DEVELOPERS],
            signed_in: [true; DEVELOPERS],
            published: [None; APIS],
            approves_by_itself: false,
            apps: Vec::new(),
            registrations: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// Takes a step and says what it is answered with.
    pub(crate) fn take(&mut self, step: Step) -> Answer {
        match step {
            Step::SignIn { developer } => {
                self.signed_in[developer] = self.developers[developer] == Status::Approved;
                Done(0, None)
            }
            Step::CreateApp { developer, .. }
            | Step::RenameApp { developer, .. }
            | Step::ChangeReference { developer, .. }
            | Step::DeleteApp { developer, .. }
            | Step::Register { developer, .. }
            | Step::Cancel { developer, .. }
            | Step::CreateKey { developer, .. }
            | Step::RenameKey { developer, .. }
            | Step::DeleteKey { developer, .. }
                if !self.signed_in[developer] =>
            {
                Problem(401, "unauthorized")
            }
            Step::CreateApp { developer, reference, strategy } => self.create_app(developer, reference, strategy),
            Step::RenameApp { developer, app } if self.owns(developer, app) => Done(200, None),
            Step::ChangeReference { developer, app, reference } if self.owns(developer, app) => {
                if self.apps.iter().enumerate().any(|(other, one)| one.live && other != app && one.reference == Some(reference)) {
                    return TAKEN;
                }
                self.apps[app].reference = Some(reference);
                Done(200, None)
            }
            Step::DeleteApp { developer, app } if self.owns(developer, app) => self.delete_app(app),
            Step::RemoveApp { app } if self.apps[app].live => self.delete_app(app),
            Step::Register { developer, app, api } if self.owns(developer, app) => self.register(app, api),
            Step::Cancel { developer, registration } if self.owns(developer, self.registrations[registration].app) => {
                self.delete_registration(registration)
            }
            Step::CreateKey { developer, app } if self.owns(developer, app) => {
                if self.keys_of(app).count() >= KEYS {
                    return Problem(403, "quota-reached");
                }
                self.keys.push(Key { app, live: true });
                Done(201, None)
            }
            Step::RenameKey { developer, key } if self.keys[key].live && self.owns(developer, self.keys[key].app) => {
                Done(200, None)
            }
            Step::DeleteKey { developer, key } if self.keys[key].live && self.owns(developer, self.keys[key].app) => {
                self.keys[key].live = false;
                Done(204, None)
            }
            Step::DecideDeveloper { developer, status } => self.decide_developer(developer, status),
            Step::DecideRegistration { registration, status } if self.registrations[registration].live => {
                let known = &mut self.registrations[registration].status;
                match known.step(status) {
                    Ok(_) => *known = status,
                    Err(_) => return Problem(409, "illegal-status-change"),
                }
                Done(200, Some(status))
            }
            Step::DeleteRegistration { registration } => self.delete_registration(registration),
            Step::Publish { api, terms } => {
                self.published[api] = Some(terms);
                Done(200, None)
            }
            Step::Unpublish { api } => self.published[api].take().map_or(NOT_FOUND, |_| Done(204, None)),
            Step::ApproveByItself { on } => {
                self.approves_by_itself = on;
                Done(200, None)
            }
            Step::RenameApp { .. }
            | Step::ChangeReference { .. }
            | Step::DeleteApp { .. }
            | Step::RemoveApp { .. }
            | Step::Register { .. }
            | Step::Cancel { .. }
            | Step::CreateKey { .. }
            | Step::RenameKey { .. }
            | Step::DeleteKey { .. }
            | Step::DecideRegistration { .. } => NOT_FOUND,
        }
    }

    /// Whether a call with a key passes to an API (contract, "Approval").
    pub(crate) fn passes(&self, key: usize, api: usize) -> bool {
        let key = &self.keys[key];
        let app = &self.apps[key.app];
        let approved = self.registrations_of(key.app).any(|(_, one)| one.api == api && one.status == Status::Approved);
        let published = self.published[api].and_then(|terms| terms.strategy) == Some(app.strategy);
        key.live && app.live && self.developers[app.owner] == Status::Approved && approved && published
    }

    /// The applications of a developer.
    pub(crate) fn apps_of(&self, developer: usize) -> impl Iterator<Item = (usize, &App)> {
        self.apps.iter().enumerate().filter(move |(_, app)| app.live && app.owner == developer)
    }

    /// The registrations of an application.
    pub(crate) fn registrations_of(&self, app: usize) -> impl Iterator<Item = (usize, &Registration)> {
        self.registrations.iter().enumerate().filter(move |(_, one)| one.live && one.app == app)
    }

    /// The keys of an application.
    pub(crate) fn keys_of(&self, app: usize) -> impl Iterator<Item = (usize, &Key)> {
        self.keys.iter().enumerate().filter(move |(_, key)| key.live && key.app == app)
    }

    fn owns(&self, developer: usize, app: usize) -> bool {
        self.apps[app].live && self.apps[app].owner == developer
    }

    fn create_app(&mut self, owner: usize, reference: Option<usize>, strategy: Option<usize>) -> Answer {
        if reference.is_some() && self.apps.iter().any(|app| app.live && app.reference == reference) {
            return TAKEN;
        }
        self.apps.push(App { owner, strategy: strategy.unwrap_or(0), reference, live: true });
        Done(201, None)
    }

    fn delete_app(&mut self, app: usize) -> Answer {
        self.apps[app].live = false;
        self.registrations.iter_mut().filter(|one| one.app == app).for_each(|one| one.live = false);
        self.keys.iter_mut().filter(|key| key.app == app).for_each(|key| key.live = false);
        Done(204, None)
    }

    fn register(&mut self, app: usize, api: usize) -> Answer {
        let Some(terms) = self.published[api] else { return NOT_FOUND };
        let Some(strategy) = terms.strategy else { return INVALID };
        if self.registrations_of(app).any(|(_, one)| one.api == api) {
            return Problem(409, "already-registered");
        }
        if strategy != self.apps[app].strategy {
            return INVALID;
        }
        let status = Status::initial(terms.loose || self.approves_by_itself);
        self.registrations.push(Registration { app, api, status, live: true });
        Done(201, Some(status))
    }

    fn delete_registration(&mut self, registration: usize) -> Answer {
        if !std::mem::take(&mut self.registrations[registration].live) {
            return NOT_FOUND;
        }
        Done(204, None)
    }

    fn decide_developer(&mut self, developer: usize, status: Status) -> Answer {
        let known = self.developers[developer];
        match known.step(status) {
            // What is taken away ends the sessions.
            Ok(Decided::Changed) => self.signed_in[developer] &= known != Status::Approved,
            Ok(Decided::Unchanged) => {}
            Err(_) => return Problem(409, "illegal-status-change"),
        }
        self.developers[developer] = status;
        Done(200, Some(status))
    }
}
