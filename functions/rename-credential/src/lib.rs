//! `rename-credential`.
