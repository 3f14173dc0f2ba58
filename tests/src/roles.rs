//! The roles of `infra/template.yaml`, and what the suite saw each function do with the table.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use portico::recorded::Use;
use serde_json::Value;

/// Everything that the roles allow on the table, by key prefix where they name one.
pub fn allowed() -> BTreeSet<Use> {
    // Not the one that is compiled in: whoever changes a role can run the tests again without building them.
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../infra/template.yaml");
    let text = std::fs::read_to_string(path).expect("the template is there");
    let template: Value = serde_saphyr::from_str(&text).expect("the template can be read");
    let resources = template["Resources"].as_object().expect("resources");
    let functions = resources.values().filter(|resource| resource["Type"] == "AWS::Serverless::Function");
    let mut allowed = BTreeSet::new();
    for function in functions {
        let name = function["Metadata"]["BuildProperties"]["Binary"].as_str().expect("a binary");
        let role = function["Properties"]["Role"].as_str().and_then(|role| role.strip_suffix(".Arn")).expect("a role");
        let policies = resources[role]["Properties"]["Policies"].as_array().into_iter().flatten();
        for statement in policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().expect("statements")) {
            allowed.extend(allowed_by(name, statement));
        }
    }
    allowed
}

/// What one statement allows on the table or its index.
fn allowed_by(function: &str, statement: &Value) -> Vec<Use> {
    let index = match statement["Resource"].as_str().expect("one resource") {
        "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}" => None,
        "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}/index/lists" => {
            Some("lists".to_owned())
        }
        _ => return Vec::new(),
    };
    let keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"].as_array();
    let prefixes: Vec<_> = match keys {
        Some(keys) => keys.iter().map(|key| key.as_str().expect("a key").trim_end_matches('*').to_owned()).collect(),
        None => vec![String::new()],
    };
    let actions = statement["Action"].as_array().expect("actions").iter();
    let actions = actions.map(|action| action.as_str().expect("an action").trim_start_matches("dynamodb:").to_owned());
    let used = |action: String, prefix: &String| Use {
        function: function.to_owned(),
        action,
        index: index.clone(),
        prefix: prefix.clone(),
    };
    actions.flat_map(|action| prefixes.iter().map(move |prefix| (action.clone(), prefix))).map(|(a, p)| used(a, p)).collect()
}

/// Where the suite writes what it saw: beside the tests' own binaries, anew for each run.
pub fn record() -> PathBuf {
    let this = std::env::current_exe().expect("this test has a path");
    this.parent().and_then(std::path::Path::parent).expect("target/PROFILE/deps").join("recorded-calls.txt")
}

struct Seen {
    file: File,
    uses: BTreeSet<Use>,
}

/// Whether one thing that a role allows covers one that was done. A statement that names no keys is for all of them.
pub fn covers(allowed: &Use, used: &Use) -> bool {
    (&allowed.function, &allowed.action, &allowed.index) == (&used.function, &used.action, &used.index)
        && (allowed.prefix.is_empty() || allowed.prefix == used.prefix)
}

/// What was done and is not allowed.
pub fn forbidden(allowed: &BTreeSet<Use>, seen: &BTreeSet<Use>) -> Vec<String> {
    let forbidden = seen.iter().filter(|used| !allowed.iter().any(|allowed| covers(allowed, used)));
    forbidden.map(ToString::to_string).collect()
}

/// Whether a right is there to read a transaction's own event back, by which a lost reply is told from a lost race: whoever may put
/// onto a root may read there. Only such an accident uses it, and no test has each of them happen to each function.
fn reads_back(allowed: &BTreeSet<Use>, right: &Use) -> bool {
    right.action == "GetItem" && allowed.contains(&Use { action: "PutItem".to_owned(), ..right.clone() })
}

/// What is allowed and was not done, the reading back of events aside.
pub fn unused(allowed: &BTreeSet<Use>, seen: &BTreeSet<Use>) -> Vec<String> {
    let unused = allowed.iter().filter(|right| !seen.iter().any(|used| covers(right, used)));
    unused.filter(|right| !reads_back(allowed, right)).map(ToString::to_string).collect()
}

/// Holds what a test's functions did against their roles, and keeps it for the check at the end of the suite (`tests/roles`).
pub fn hold_against_roles(uses: BTreeSet<Use>) {
    static ALLOWED: OnceLock<BTreeSet<Use>> = OnceLock::new();
    static SEEN: OnceLock<Mutex<Seen>> = OnceLock::new();
    let forbidden = forbidden(ALLOWED.get_or_init(allowed), &uses);
    assert!(forbidden.is_empty(), "done, but not allowed by the function's role:\n{}", forbidden.join("\n"));
    let start = || Mutex::new(Seen { file: File::create(record()).expect("a file in target"), uses: BTreeSet::new() });
    let mut seen = SEEN.get_or_init(start).lock().unwrap_or_else(PoisonError::into_inner);
    for used in uses {
        if !seen.uses.contains(&used) {
            writeln!(seen.file, "{used}").expect("the record can be written");
            seen.uses.insert(used);
        }
    }
}
