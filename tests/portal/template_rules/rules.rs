//! What must hold of `infra/template.yaml` and no linter knows: rights, secrets, times, what is kept and what rings.

mod gateway;
mod kept;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// A template without CloudFormation's tags: `!Ref X` is `X`, `!GetAtt X.Arn` is `X.Arn`, `!If [a, b, c]` is a list.
pub(super) struct Template(pub(super) Value);

/// Says what is wrong.
pub(super) type Rule = fn(&Template) -> Vec<String>;

/// Every rule by its name.
pub(super) const RULES: &[(&str, Rule)] = &[
    ("no-star", no_star),
    ("parameters-used", parameters_used),
    ("keys-named", keys_named),
    ("own-role", own_role),
    ("authorizer-reads-alone", authorizer_reads_alone),
    ("dead-letters", dead_letters),
    ("queues", queues),
    ("stream-of-events", stream_of_events),
    ("times", times),
    ("logs", kept::logs),
    ("access-log", gateway::access_log),
    ("table", kept::table),
    ("bucket", kept::bucket),
    ("doors", gateway::doors),
    ("throttling", gateway::throttling),
    ("permissions", gateway::permissions),
    ("built-alone", built_alone),
    ("concurrency", concurrency),
    ("alarms", alarms),
];

impl Template {
    pub(super) fn of(&self, kind: &str) -> BTreeMap<&str, &Value> {
        let all = self.0["Resources"].as_object().into_iter().flatten();
        all.filter(|(_, resource)| resource["Type"] == kind)
            .map(|(id, resource)| (id.as_str(), &resource["Properties"]))
            .collect()
    }

    pub(super) fn functions(&self) -> BTreeMap<&str, &Value> {
        self.of("AWS::Serverless::Function")
    }

    /// Every policy statement of the template, with the resource that it stands in.
    fn statements(&self) -> Vec<(&str, &Value)> {
        let inline = self.of("AWS::IAM::Role").into_iter().flat_map(|(id, role)| {
            let policies = role["Policies"].as_array().into_iter().flatten();
            policies.flat_map(move |policy| listed(&policy["PolicyDocument"]["Statement"]).map(move |statement| (id, statement)))
        });
        let kinds = ["AWS::IAM::ManagedPolicy", "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"];
        let others = kinds.into_iter().flat_map(|kind| self.of(kind));
        inline
            .chain(others.flat_map(|(id, policy)| listed(&policy["PolicyDocument"]["Statement"]).map(move |one| (id, one))))
            .collect()
    }

    fn routes(&self) -> BTreeSet<String> {
        let paths = self.0["Resources"]["HttpApi"]["Properties"]["Body"]["paths"].as_object().into_iter().flatten();
        let paths = paths.filter(|(path, _)| *path != "/$default");
        let keys = paths.flat_map(|(path, methods)| {
            methods.as_object().into_iter().flat_map(Map::keys).map(move |method| format!("{} {path}", method.to_uppercase()))
        });
        keys.collect()
    }

    /// Alarms that watch a metric, by one of their dimensions.
    fn watched(&self, metric: &str, dimension: &Value) -> bool {
        self.of("AWS::CloudWatch::Alarm")
            .values()
            .any(|alarm| alarm["MetricName"] == metric && alarm["Dimensions"][0] == *dimension)
    }
}

/// A list, or one thing that stands for a list of one.
pub(super) fn listed(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice).iter().filter(|value| !value.is_null())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn faults(found: impl IntoIterator<Item = (bool, String)>) -> Vec<String> {
    found.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault).collect()
}

fn no_star(template: &Template) -> Vec<String> {
    let of_statement = |(id, statement): (&str, &Value)| {
        let actions: Vec<_> = listed(&statement["Action"]).map(text).map(str::to_owned).collect();
        let starred = actions.iter().any(|action| action.contains('*')) || !statement["NotAction"].is_null();
        // X-Ray knows no resources.
        let nowhere = actions.iter().all(|action| action.starts_with("xray:Put"));
        let everywhere = statement["Effect"] == "Allow" && listed(&statement["Resource"]).any(|resource| resource == "*");
        [
            (!starred, format!("{id}: {actions:?} is more than an action")),
            (!everywhere || nowhere, format!("{id}: {actions:?} everywhere")),
            (!actions.iter().any(|action| action == "dynamodb:Scan"), format!("{id} may scan")),
        ]
    };
    faults(template.statements().into_iter().flat_map(of_statement))
}

/// A parameter that nothing refers to promises what it does not keep.
fn parameters_used(template: &Template) -> Vec<String> {
    fn strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::String(text) => found.push(text),
            Value::Array(members) => members.iter().for_each(|member| strings(member, found)),
            Value::Object(members) => members.values().for_each(|member| strings(member, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    ["Conditions", "Globals", "Resources", "Outputs"].iter().for_each(|part| strings(&template.0[*part], &mut found));
    let names = template.0["Parameters"].as_object().into_iter().flat_map(Map::keys);
    faults(names.map(|name| {
        let within = format!("${{{name}}}");
        (found.iter().any(|text| text == name || text.contains(&within)), format!("nothing uses {name}"))
    }))
}

/// What may be done to the table names the beginnings of the keys that it is done to, none of them everything.
fn keys_named(template: &Template) -> Vec<String> {
    let of_statement = |(id, statement): (&str, &Value)| {
        let of_table = listed(&statement["Resource"]).any(|resource| text(resource).ends_with("table/${TableName}"));
        let keys: Vec<_> = listed(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]).map(text).collect();
        let named =
            !keys.is_empty() && keys.iter().all(|key| key.len() > 3 && key.find('*').is_none_or(|at| at + 1 == key.len()));
        (!of_table || named, format!("{id}: {} on any key", statement["Action"]))
    };
    faults(template.statements().into_iter().map(of_statement))
}

fn own_role(template: &Template) -> Vec<String> {
    let of_function = |(id, function): (&str, &Value)| {
        let role = &template.0["Resources"][format!("{id}Role")];
        let for_lambda =
            role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"] == "lambda.amazonaws.com";
        let managed = &role["Properties"]["ManagedPolicyArns"];
        [
            (function["Role"] == format!("{id}Role.Arn") && for_lambda, format!("{id} has no role of its own")),
            (*managed == json!(["WriteLogsAndTraces"]), format!("{id} has other managed policies: {managed}")),
            (function["Policies"].is_null() && function["Events"].is_null(), format!("{id} leaves rights to SAM")),
        ]
    };
    faults(template.functions().into_iter().flat_map(of_function))
}

fn authorizer_reads_alone(template: &Template) -> Vec<String> {
    let statements = template.statements().into_iter().filter(|(id, _)| *id == "AuthorizeRole");
    let actions = statements.flat_map(|(_, statement)| listed(&statement["Action"]).map(text).collect::<Vec<_>>());
    let reads = |action: &str| ["dynamodb:BatchGetItem", "dynamodb:GetItem"].contains(&action) || action.starts_with("ssm:Get");
    faults(actions.map(|action| (reads(action), format!("the authorizer may {action}"))))
}

/// Whoever is called without waiting for the answer has a queue for what fails, and so has whoever calls.
fn dead_letters(template: &Template) -> Vec<String> {
    let mut found = Vec::new();
    let mut called = BTreeSet::new();
    for (id, rule) in template.of("AWS::Events::Rule") {
        for target in listed(&rule["Targets"]) {
            called.insert(text(&target["Arn"]).to_owned());
            found.push((!target["DeadLetterConfig"]["Arn"].is_null(), format!("the rule {id} has no dead letters")));
        }
    }
    for (id, schedule) in template.of("AWS::Scheduler::Schedule") {
        called.insert(text(&schedule["Target"]["Arn"]).to_owned());
        found.push((!schedule["Target"]["DeadLetterConfig"]["Arn"].is_null(), format!("the schedule {id} has no dead letters")));
    }
    for (id, function) in template.functions() {
        let asynchronous = called.contains(&format!("{id}.Arn"));
        found.push((!asynchronous || !function["DeadLetterQueue"]["TargetArn"].is_null(), format!("{id} has no dead letters")));
    }
    for (id, source) in template.of("AWS::Lambda::EventSourceMapping") {
        let kept = !source["DestinationConfig"]["OnFailure"]["Destination"].is_null();
        found.push((kept, format!("the source {id} has no dead letters")));
    }
    faults(found)
}

fn queues(template: &Template) -> Vec<String> {
    let of_queue = |(id, queue): (&str, &Value)| {
        let depth = json!({ "Name": "QueueName", "Value": format!("{id}.QueueName") });
        [
            (template.watched("ApproximateNumberOfMessagesVisible", &depth), format!("no alarm watches {id}")),
            (queue["SqsManagedSseEnabled"] == true, format!("{id} is not encrypted")),
            (queue["MessageRetentionPeriod"] == 1_209_600, format!("{id} forgets before 14 days")),
        ]
    };
    faults(template.of("AWS::SQS::Queue").into_iter().flat_map(of_queue))
}

fn stream_of_events(template: &Template) -> Vec<String> {
    const EVENTS: &str = r#"{"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "EVENT#"}]}}}}"#;
    let of_source = |(id, source): (&str, &Value)| {
        let function = text(&source["FunctionName"]);
        let age = json!({ "Name": "FunctionName", "Value": function });
        [
            (source["FilterCriteria"]["Filters"] == json!([{ "Pattern": EVENTS }]), format!("{id} passes more than events")),
            (source["FunctionResponseTypes"] == json!(["ReportBatchItemFailures"]), format!("{id} repeats whole batches")),
            (source["MaximumRetryAttempts"].as_u64().is_some(), format!("{id} tries a poison record for ever")),
            (template.watched("IteratorAge", &age), format!("no alarm watches how late {function} is")),
        ]
    };
    let streams = template.of("AWS::Lambda::EventSourceMapping").into_iter();
    faults(streams.filter(|(_, source)| text(&source["EventSourceArn"][1]) == "PorticoTable.StreamArn").flat_map(of_source))
}

/// The tries of one call end before the function does, and the function before its gateway.
fn times(template: &Template) -> Vec<String> {
    let tries = u64::from(portico_aws::retries().max_attempts());
    let one_try = portico_aws::timeouts().operation_attempt_timeout().map_or(u128::MAX, |time| time.as_millis());
    let call = u128::from(tries) * one_try;
    let default = template.0["Globals"]["Function"]["Timeout"].as_u64().unwrap_or(u64::MAX);
    let integrations =
        &template.0["Resources"]["HttpApi"]["Properties"]["Body"]["components"]["x-amazon-apigateway-integrations"];
    let mut found = Vec::new();
    for (id, function) in template.functions() {
        let timeout = u128::from(function["Timeout"].as_u64().unwrap_or(default)) * 1000;
        // The authorizer bounds all of its reading by itself, below these eight seconds.
        let holds = if id == "Authorize" { timeout <= 8000 } else { call < timeout };
        found.push((holds, format!("{id} ends after {timeout} ms, its calls of the table after {call} ms")));
        if let Some(integration) = integrations.get(id) {
            let gateway = u128::from(integration["timeoutInMillis"].as_u64().unwrap_or(u64::MAX));
            found.push((
                timeout < gateway && gateway < 30_000,
                format!("{id} ends after {timeout} ms, its gateway after {gateway}"),
            ));
        }
    }
    faults(found)
}

/// Each function is built from its own package alone: another's features are not in it.
fn built_alone(template: &Template) -> Vec<String> {
    let architecture = &template.0["Parameters"]["Architecture"]["Default"];
    let globals = &template.0["Globals"]["Function"];
    let of_function = |(id, function): (&str, &Value)| {
        let metadata = &template.0["Resources"][id]["Metadata"];
        let binary = text(&metadata["BuildProperties"]["Binary"]).to_owned();
        [
            (metadata["BuildMethod"] == "rust-cargolambda", format!("{id} is not built by cargo-lambda")),
            (function["CodeUri"] == format!("../functions/{binary}"), format!("{id} is not built from its package")),
            (function["FunctionName"] == format!("${{AWS::StackName}}-{binary}"), format!("{id} goes by another name")),
        ]
    };
    let functions = faults(template.functions().into_iter().flat_map(of_function));
    let general = faults([
        (architecture == "arm64" && globals["Architectures"] == json!(["Architecture"]), "the architecture is fixed".to_owned()),
        (globals["Runtime"] == "provided.al2023", "the runtime is another".to_owned()),
    ]);
    [functions, general].concat()
}

/// A new account has no concurrency to reserve: only a parameter may ask for it.
fn concurrency(template: &Template) -> Vec<String> {
    let of_function = |(id, function): (&str, &Value)| {
        let reserved = &function["ReservedConcurrentExecutions"];
        let parameter = template.0["Parameters"][text(&reserved[1])]["Default"] == 0;
        let by_parameter = parameter && reserved[2] == "AWS::NoValue";
        (reserved.is_null() || by_parameter, format!("{id} reserves concurrency"))
    };
    faults(template.functions().into_iter().map(of_function))
}

fn alarms(template: &Template) -> Vec<String> {
    let resources = &template.0["Resources"];
    let of_alarm = |(id, alarm): (&str, &Value)| {
        [
            (resources[id]["Condition"] == "HasAlarms", format!("{id} rings where nobody is to be told")),
            (alarm["AlarmActions"] == json!(["AlarmTopic"]), format!("{id} tells nobody")),
            (alarm["TreatMissingData"] == "notBreaching", format!("{id} rings when nothing happens")),
            (!text(&alarm["AlarmDescription"]).is_empty(), format!("{id} does not say what it means")),
        ]
    };
    faults(template.of("AWS::CloudWatch::Alarm").into_iter().flat_map(of_alarm))
}
