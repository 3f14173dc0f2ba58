//! After the suite: what the roles allow and no test ever saw used is too much. `cargo test` runs this after `portal`, whose tests
//! each check the other direction and leave what they saw in `target`; after a part of them alone it fails.

use std::collections::BTreeSet;

use portico::recorded::Use;
use portico_tests::roles::{allowed, forbidden, record, unused};

#[test]
fn what_the_roles_allow_has_been_seen_used() {
    let path = record();
    let lines = std::fs::read_to_string(&path).expect("the tests of `portal` ran before");
    let seen: BTreeSet<_> = lines.lines().map(|line| Use::read(line).expect("a line of the record")).collect();
    let unused = unused(&allowed(), &seen);
    assert!(
        unused.is_empty(),
        "allowed, but never done by the tests of `portal` in their last run ({}; run them all):\n{}",
        path.display(),
        unused.join("\n")
    );
}

#[test]
fn a_right_too_much_and_a_right_too_few_are_named() {
    let allowed = allowed();
    let spare = allowed.iter().find(|right| right.action != "GetItem").expect("the roles allow something").clone();
    let others: BTreeSet<_> = allowed.iter().filter(|one| **one != spare).cloned().collect();
    assert_eq!(unused(&allowed, &others), [spare.to_string()]);
    assert_eq!(forbidden(&others, &allowed), [spare.to_string()]);
    let elsewhere = BTreeSet::from([Use { prefix: "ELSEWHERE#".to_owned(), action: "PutItem".to_owned(), ..spare }]);
    assert_eq!(forbidden(&allowed, &elsewhere).len(), 1);
}
