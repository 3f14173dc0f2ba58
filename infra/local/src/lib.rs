//! Portico on a laptop.
