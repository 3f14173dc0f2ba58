//! `admin-auth-strategies`.
