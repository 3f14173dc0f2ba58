//! What a month uses: measured units and the template's sizes, times what people are assumed to do (`docs/cost.md` lists it).

use std::collections::BTreeMap;
use std::ops::AddAssign;

use serde::Deserialize;

use super::CostError;
use crate::gateway::routes::TEMPLATE;
use crate::template::Template;

/// What operations consume; a test of the whole journey keeps it.
const CAPACITY: &str = include_str!("../../../../docs/capacity.csv");

/// Seconds of a month of 30 days.
pub(super) const SECONDS: f64 = 30.0 * 86_400.0;

/// Calls a month.
#[allow(clippy::cast_precision_loss, reason = "a bill needs no more than 52 bits")]
pub(super) const fn monthly(per_day: u64) -> f64 {
    per_day as f64 * 30.0
}

/// What a developer does in a month: function, operation, how often.
const EACH: &[(&str, &str, f64)] = &[
    ("sign-in", "authenticate", 4.0),
    ("refresh-session", "refresh", 40.0),
    ("pages", "show-catalog", 20.0),
    ("pages", "show-api", 20.0),
    ("pages", "show-reference", 10.0),
    ("pages", "show-app", 10.0),
];

/// What it takes until somebody new makes a first call; the management operations are the administrator's.
const FIRST: &[(&str, &str, f64)] = &[
    ("pages", "show-sign-up", 1.0),
    ("signup", "register", 1.0),
    ("verify-email", "verify-email", 1.0),
    ("reset-password", "reset-password", 1.0),
    ("admin-developers", "update-developer", 1.0),
    ("sign-in", "authenticate", 1.0),
    ("create-app", "create-application", 1.0),
    ("register", "create-application-registration", 1.0),
    ("admin-applications", "update-application-registration", 1.0),
    ("generate-credential", "create-credential", 1.0),
];

/// Of all developers, those who are new in a month.
const NEW: f64 = 0.1;
/// What happens to somebody new: events, and mails about them.
const EVENTS: f64 = 8.0;
const MAILS: f64 = 4.0;
/// Bytes of the table for one developer with an application, a registration, a key and their history, the index included.
const STORED: f64 = 12_000.0;
/// Bytes of log that an invocation leaves, its platform's lines and the access log included.
const LOGGED: f64 = 1_500.0;
/// Milliseconds that are billed for an invocation that computes no password hash, for one that does, and for the authorizer.
const ORDINARY_MS: f64 = 25.0;
const PASSWORD_MS: f64 = 120.0;
const AUTHORIZE_MS: f64 = 12.0;
/// Those that compute one.
const HASHES: &[&str] = &["sign-in", "reset-password", "change-password"];
/// X-Ray's own rule: one trace a second, and of the rest this part.
const TRACED: f64 = 0.05;
/// How often `run-jobs` is started: every five minutes.
const JOBS: f64 = SECONDS / 300.0;

/// What is paid for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Use {
    pub(super) invocations: f64,
    pub(super) gb_seconds: f64,
    pub(super) requests: f64,
    pub(super) read_units: f64,
    pub(super) write_units: f64,
    pub(super) stored_gb: f64,
    pub(super) events: f64,
    pub(super) scheduled: f64,
    pub(super) mails: f64,
    pub(super) logged_gb: f64,
    pub(super) alarms: f64,
    pub(super) traces: f64,
}

impl AddAssign for Use {
    fn add_assign(&mut self, more: Self) {
        self.invocations += more.invocations;
        self.gb_seconds += more.gb_seconds;
        self.requests += more.requests;
        self.read_units += more.read_units;
        self.write_units += more.write_units;
        self.stored_gb += more.stored_gb;
        self.events += more.events;
        self.scheduled += more.scheduled;
        self.mails += more.mails;
        self.logged_gb += more.logged_gb;
        self.alarms += more.alarms;
        self.traces += more.traces;
    }
}

// What the bill needs of the template.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Properties {
    memory_size: Option<f64>,
    tracing: Option<String>,
}

/// The figures that this binary was built with.
pub(super) struct Measured {
    units: BTreeMap<(&'static str, &'static str), (f64, f64)>,
    megabytes: BTreeMap<String, f64>,
    /// Functions that leave no traces of their own.
    untraced: Vec<String>,
    ordinary: f64,
    alarms: f64,
}

impl Measured {
    pub(super) fn read() -> Result<Self, CostError> {
        let template: Template<Properties> =
            serde_saphyr::from_str(TEMPLATE).map_err(|error| CostError::Template(error.to_string()))?;
        let ordinary = template.globals.function.memory_size.unwrap_or(128.0);
        let (mut megabytes, mut untraced, mut alarms) = (BTreeMap::new(), Vec::new(), 0.0);
        for resource in template.resources.values() {
            if let Some(function) = resource.function() {
                if resource.properties.tracing.as_deref() == Some("PassThrough") {
                    untraced.push(function.to_owned());
                }
                megabytes.insert(function.to_owned(), resource.properties.memory_size.unwrap_or(ordinary));
            } else if resource.kind == "AWS::CloudWatch::Alarm" {
                alarms += 1.0;
            }
        }
        let units = CAPACITY.lines().skip(1).filter_map(|line| {
            let mut cells = line.split(',');
            let operation = (cells.next()?, cells.next()?);
            let (read, write) = (cells.nth(1)?.parse().ok()?, cells.next()?.parse().ok()?);
            Some((operation, (read, write)))
        });
        Ok(Self { units: units.collect(), megabytes, untraced, ordinary, alarms })
    }

    /// One request of an operation, but for what its way to the function costs.
    fn one(&self, function: &str, operation: &str) -> Result<Use, CostError> {
        let unknown = || CostError::Operation(format!("{function},{operation}"));
        let (read_units, write_units) =
            self.units.iter().find(|(key, _)| **key == (function, operation)).map(|(_, units)| *units).ok_or_else(unknown)?;
        let milliseconds = match function {
            "authorize" => AUTHORIZE_MS,
            _ if HASHES.contains(&function) => PASSWORD_MS,
            _ => ORDINARY_MS,
        };
        Ok(Use { read_units, write_units, ..self.invoked(function, milliseconds) })
    }

    /// Megabytes that the template gives a function; its default for what it does not know.
    pub(super) fn memory_of(&self, function: &str) -> f64 {
        self.megabytes.get(function).copied().unwrap_or(self.ordinary)
    }

    fn invoked(&self, function: &str, milliseconds: f64) -> Use {
        let megabytes = self.memory_of(function);
        Use {
            invocations: 1.0,
            gb_seconds: megabytes / 1_024.0 * milliseconds / 1_000.0,
            logged_gb: LOGGED / 1e9,
            ..Use::default()
        }
    }

    /// What runs and is kept where nobody comes.
    pub(super) fn idle(&self) -> Use {
        // A look at the list of jobs, an eventually consistent read of nothing; and the portal, for the form of what search knows.
        let look = Use { read_units: 1.5, ..self.invoked("run-jobs", ORDINARY_MS) };
        self.traced("run-jobs", Use { scheduled: JOBS, alarms: self.alarms, ..times(look, JOBS) })
    }

    /// What developers do, new ones and others, and what happens then.
    pub(super) fn developers(&self, developers: u32) -> Result<Use, CostError> {
        let developers = f64::from(developers);
        let mut used = Use { stored_gb: developers * STORED / 1e9, ..Use::default() };
        for (doings, people) in [(EACH, developers), (FIRST, developers * NEW)] {
            for (function, operation, often) in doings {
                used += times(Use { requests: 1.0, ..self.one(function, operation)? }, often * people);
            }
        }
        let new = developers * NEW;
        used += times(self.invoked("relay-events", ORDINARY_MS), new * EVENTS);
        // Each mail reads what its event is about.
        used += times(Use { read_units: 3.0, ..self.invoked("send-email", ORDINARY_MS) }, new * MAILS);
        used += Use { events: new * EVENTS, mails: new * MAILS, ..Use::default() };
        Ok(self.traced("pages", used))
    }

    fn traced(&self, function: &str, used: Use) -> Use {
        if self.untraced.iter().any(|one| one == function) {
            return used;
        }
        let sure = used.invocations.min(SECONDS);
        Use { traces: sure + (used.invocations - sure) * TRACED, ..used }
    }

    /// So many decisions of the authorizer. The gateway in front of a published API is its publisher's, with or without Portico.
    pub(super) fn calls(&self, decisions: f64) -> Result<Use, CostError> {
        Ok(self.traced("authorize", times(self.one("authorize", "authorize")?, decisions)))
    }
}

fn times(one: Use, often: f64) -> Use {
    Use {
        invocations: one.invocations * often,
        gb_seconds: one.gb_seconds * often,
        requests: one.requests * often,
        read_units: one.read_units * often,
        write_units: one.write_units * often,
        stored_gb: one.stored_gb * often,
        events: one.events * often,
        scheduled: one.scheduled * often,
        mails: one.mails * often,
        logged_gb: one.logged_gb * often,
        alarms: one.alarms * often,
        traces: one.traces * often,
    }
}
