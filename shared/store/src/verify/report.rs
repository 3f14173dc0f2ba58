//! What the whole-table check found.

use std::collections::BTreeSet;
use std::fmt;

use portico_domain::job::Job;

use super::rule::Violation;
use super::snapshot::Snapshot;

/// What the whole-table check found.
#[derive(Clone, Debug)]
pub struct Report {
    /// How many items were read.
    pub items: usize,
    /// What is broken.
    pub violations: Vec<Violation>,
    /// What is not finished: a live job is at it.
    pub pending: Vec<Violation>,
    /// The live jobs.
    pub jobs: Vec<Job>,
}

impl Report {
    pub(super) fn of(snapshot: &Snapshot, pending: &BTreeSet<Violation>, violations: Vec<Violation>) -> Self {
        Self {
            items: snapshot.count,
            violations,
            pending: pending.iter().cloned().collect(),
            jobs: snapshot.jobs.values().cloned().collect(),
        }
    }

    /// Whether nothing is broken.
    pub fn is_whole(&self) -> bool {
        self.violations.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.violations.len() {
            0 => write!(f, "the table is whole: {} items", self.items)?,
            1 => write!(f, "the table is not whole: 1 violation in {} items", self.items)?,
            many => write!(f, "the table is not whole: {many} violations in {} items", self.items)?,
        }
        for violation in &self.violations {
            write!(f, "\n  {violation}")?;
        }
        match self.jobs.len() {
            0 => {}
            1 => write!(f, "\n1 job is not finished:")?,
            many => write!(f, "\n{many} jobs are not finished:")?,
        }
        for job in &self.jobs {
            write!(f, "\n  {} {:?}", job.id, job.job)?;
        }
        for violation in &self.pending {
            write!(f, "\n  pending: {violation}")?;
        }
        Ok(())
    }
}
