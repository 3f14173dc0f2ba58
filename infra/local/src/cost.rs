//! `portico cost`: what a month on AWS costs, from what operations consume (`docs/capacity.csv`), the sizes in the template, and prices.

mod prices;
mod usage;

use std::fmt::{self, Display};

use clap::Args;

use prices::Service;
use usage::{Measured, Use};

/// How much a portal is used.
#[derive(Args, Clone, Copy, Debug)]
pub struct Cost {
    /// Developers who have an account.
    #[arg(long, value_name = "N")]
    developers: u32,
    /// Calls of published APIs a day, all with a key.
    #[arg(long, value_name = "N")]
    calls_per_day: u64,
    /// Seconds for which the gateway keeps a decision of the authorizer.
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    cache_ttl: u32,
}

/// Why there is no bill: the figures that this binary was built with cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// The template.
    #[error("the template cannot be read: {0}")]
    Template(String),
    /// The table of what operations consume.
    #[error("docs/capacity.csv has no line for {0}")]
    Operation(String),
}

/// A month's bill.
#[derive(Clone, Debug)]
pub struct Bill {
    asked: Cost,
    columns: [(String, Use); 4],
}

/// Megabytes that the template gives a function, or any other that says nothing of its own.
///
/// # Errors
/// [`CostError::Template`], which a test of this repository rules out.
pub fn memory_of(function: &str) -> Result<f64, CostError> {
    Ok(Measured::read()?.memory_of(function))
}

impl Cost {
    /// A portal of so many developers whose APIs are called so often, behind an authorizer with and without a cache.
    #[must_use]
    pub const fn of(developers: u32, calls_per_day: u64, cache_ttl: u32) -> Self {
        Self { developers, calls_per_day, cache_ttl }
    }

    /// What that costs in a month.
    ///
    /// # Errors
    /// [`CostError`], which a test of this repository rules out.
    pub fn bill(self) -> Result<Bill, CostError> {
        let measured = Measured::read()?;
        let calls = |decisions: f64| measured.calls(decisions);
        let columns = [
            ("Idle".to_owned(), measured.idle()),
            ("Developers".to_owned(), measured.developers(self.developers)?),
            ("Calls".to_owned(), calls(usage::monthly(self.calls_per_day))?),
            (format!("Calls, {} s cache", self.cache_ttl), calls(self.decisions())?),
        ];
        Ok(Bill { asked: self, columns })
    }

    /// How many calls of a month the authorizer sees behind a cache: every developer calls one API with one key, at random moments
    /// (a Poisson process). After a decision a key is let through for the TTL, and then waits for its next call.
    fn decisions(self) -> f64 {
        let keys = f64::from(self.developers.max(1));
        let calls = usage::monthly(self.calls_per_day);
        if calls == 0.0 {
            return 0.0;
        }
        let between = usage::SECONDS * keys / calls;
        calls.min(usage::SECONDS * keys / (f64::from(self.cache_ttl) + between))
    }
}

impl Bill {
    fn sum(&self, of: &[usize]) -> f64 {
        Service::ALL.iter().map(|service| self.of_service(*service, of)).sum()
    }

    fn of_service(&self, service: Service, of: &[usize]) -> f64 {
        of.iter().filter_map(|at| self.columns.get(*at)).map(|(_, used)| service.price(used)).sum()
    }
}

impl Display for Bill {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cost { developers, calls_per_day, cache_ttl } = self.asked;
        writeln!(out, "{developers} developers, {calls_per_day} calls a day, a month of 30 days, US dollars.")?;
        writeln!(out, "Prices of {} as of {}; no free tier is taken off.\n", prices::REGION, prices::AS_OF)?;
        let names: Vec<_> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        writeln!(out, "| Service | {} |", names.join(" | "))?;
        writeln!(out, "|---|{}", "--:|".repeat(names.len()))?;
        for service in Service::ALL {
            write!(out, "| {service} |")?;
            for (_, used) in &self.columns {
                write!(out, " {:.2} |", service.price(used))?;
            }
            writeln!(out)?;
        }
        write!(out, "| Sum |")?;
        for at in 0..self.columns.len() {
            write!(out, " {:.2} |", self.sum(&[at]))?;
        }
        writeln!(out, "\n")?;
        writeln!(
            out,
            "A month: {:.2} without a cache, {:.2} with a TTL of {cache_ttl} s.",
            self.sum(&[0, 1, 2]),
            self.sum(&[0, 1, 3])
        )?;
        writeln!(out, "Nobody calls and nobody comes: {:.2}.", self.sum(&[0]))?;
        writeln!(out, "An always-on pair ({}): {:.2}, used or not.", prices::ALWAYS_ON, prices::always_on())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(cost: Cost, of: &[usize]) -> f64 {
        cost.bill().expect("the figures can be read").sum(of)
    }

    #[test]
    fn an_idle_portal_costs_what_it_keeps_and_nothing_that_is_used() {
        let bill = Cost::of(0, 0, 60).bill().expect("the figures can be read");
        assert!(bill.sum(&[1, 2, 3]) < 0.005, "{bill}");
        assert!((0.5..3.0).contains(&bill.sum(&[0])), "{bill}");
    }

    #[test]
    fn twice_the_use_costs_twice_as_much() {
        let (one, two) = (Cost::of(500, 0, 60), Cost::of(1_000, 0, 60));
        assert!((total(two, &[1]) - 2.0 * total(one, &[1])).abs() < 1e-6);
    }

    #[test]
    fn a_cache_saves_decisions_and_never_makes_any() {
        for (developers, calls) in [(1, 1), (1_000, 10), (10, 1_000_000), (1_000, 100_000)] {
            for ttl in [1, 60, 3_600] {
                let cost = Cost::of(developers, calls, ttl);
                assert!(cost.decisions() <= usage::monthly(calls), "{cost:?}");
            }
        }
        // One key at ten calls a second: one decision each 60.1 seconds.
        let busy = Cost::of(1, 864_000, 60).decisions();
        assert!((busy - usage::SECONDS / 60.1).abs() < 1.0, "{busy}");
    }
}
