//! What live jobs are at: broken rules there are pending.

use std::collections::HashSet;

use portico_domain::job::Work;
use portico_domain::owner::Owner;

use super::rule::{Rule, Violation};
use super::snapshot::Snapshot;
use crate::Key;

/// What the live jobs of a snapshot will put in order.
pub(super) struct Covered {
    /// Partitions that are being removed.
    removed: HashSet<String>,
    /// Developers whose standing is being copied.
    standing: HashSet<Key>,
    /// Strategies whose headers are being copied.
    key_names: HashSet<Key>,
}

impl Covered {
    pub(super) fn by(snapshot: &Snapshot) -> Self {
        let mut covered = Self { removed: HashSet::new(), standing: HashSet::new(), key_names: HashSet::new() };
        for job in snapshot.jobs.values() {
            match job.job {
                Work::Standing { developer } => {
                    covered.standing.insert(Key::developer(developer));
                }
                Work::KeyNames { strategy } => {
                    covered.key_names.insert(Key::strategy(strategy));
                }
                Work::RemoveApplication { application } => {
                    covered.removed.insert(Key::application(application).pk);
                }
                Work::RemoveApi { api } => {
                    covered.removed.insert(Key::api(api).pk);
                }
                Work::RemoveTeam { team } => {
                    covered.removed.insert(Key::team(team).pk);
                }
                Work::RemoveDeveloper { developer } => {
                    covered.removed.insert(Key::developer(developer).pk);
                    let theirs =
                        snapshot.applications.values().filter(|application| application.owner == Owner::Developer(developer));
                    covered.removed.extend(theirs.map(|application| Key::application(application.card.id).pk));
                }
            }
        }
        covered
    }

    pub(super) fn covers(&self, violation: &Violation) -> bool {
        let any = |keys: &HashSet<Key>| violation.keys.iter().any(|key| keys.contains(key));
        violation.keys.iter().any(|key| self.removed.contains(&key.pk))
            || (violation.rule == Rule::StandingDiffers && any(&self.standing))
            || (violation.rule == Rule::KeyNamesDiffer && any(&self.key_names))
    }
}
