//! `admin-applications`.
