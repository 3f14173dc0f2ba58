//! All black-box tests in one binary.

mod contract;
