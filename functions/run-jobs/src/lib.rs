//! `run-jobs`.
