//! The rules of the bus, read from the very template that AWS deploys: which event goes to which function, and how often it is tried.

use serde_json::Value;

use super::pattern::{NotUnderstood, Pattern};

/// How often Lambda invokes a function again that failed, where the template says nothing.
const RETRIES: u32 = 2;

/// The rules of a bus.
#[derive(Clone, Debug)]
pub struct Rules(Vec<Rule>);

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    target: Target,
}

/// A function that an event goes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The crate that is deployed there.
    pub function: String,
    /// How often it is invoked at most.
    pub tries: u32,
}

/// A template whose rules cannot be applied.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// It is no YAML.
    #[error("the template cannot be read: {0}")]
    Unreadable(String),
    /// A rule's pattern.
    #[error("the rule {rule} cannot be applied: {reason}")]
    Pattern {
        /// Its logical id.
        rule: String,
        /// What is wrong.
        reason: NotUnderstood,
    },
    /// A rule whose target is no function of the template.
    #[error("the rule {rule} has a target that is no function of the template: {target}")]
    Target {
        /// Its logical id.
        rule: String,
        /// The target.
        target: String,
    },
}

impl Rules {
    /// The rules of a template that are on a bus of its own; the account's default bus is none of them.
    ///
    /// # Errors
    /// [`RulesError`] names the rule.
    pub fn read(template: &str) -> Result<Self, RulesError> {
        let template: Value = serde_saphyr::from_str(template).map_err(|error| RulesError::Unreadable(error.to_string()))?;
        let resources = template.get("Resources").and_then(Value::as_object);
        let resources = resources.ok_or_else(|| RulesError::Unreadable("it has no resources".to_owned()))?;
        let of_a_bus = |rule: &Value| {
            let bus = rule.pointer("/Properties/EventBusName");
            let named = bus.is_some_and(|bus| bus.as_str() != Some("default"));
            rule.get("Type").and_then(Value::as_str) == Some("AWS::Events::Rule")
                && named
                && rule.pointer("/Properties/State").and_then(Value::as_str) != Some("DISABLED")
        };
        let mut rules = Vec::new();
        for (id, rule) in resources.iter().filter(|(_, rule)| of_a_bus(rule)) {
            let Some(pattern) = rule.pointer("/Properties/EventPattern") else { continue };
            let pattern = Pattern::read(pattern).map_err(|reason| RulesError::Pattern { rule: id.clone(), reason })?;
            for arn in rule.pointer("/Properties/Targets").and_then(Value::as_array).into_iter().flatten() {
                let arn = arn.get("Arn").unwrap_or(&Value::Null);
                let target = logical_id(arn).and_then(|function| target(resources.get(function)?));
                let target = target.ok_or_else(|| RulesError::Target { rule: id.clone(), target: arn.to_string() })?;
                rules.push(Rule { pattern: pattern.clone(), target });
            }
        }
        Ok(Self(rules))
    }

    /// Where an event goes, each function once.
    #[must_use]
    pub fn targets(&self, event: &Value) -> Vec<Target> {
        let matching = self.0.iter().filter(|rule| rule.pattern.matches(event));
        let mut targets: Vec<Target> = matching.map(|rule| rule.target.clone()).collect();
        targets.sort();
        targets.dedup();
        targets
    }
}

/// The resource that `!GetAtt X.Arn` or `!Ref X` names.
fn logical_id(arn: &Value) -> Option<&str> {
    match arn {
        Value::String(path) => path.split('.').next(),
        Value::Array(path) => path.first()?.as_str(),
        _ => None,
    }
}

fn target(function: &Value) -> Option<Target> {
    let binary = function.pointer("/Metadata/BuildProperties/Binary")?.as_str()?;
    let retries = function.pointer("/Properties/EventInvokeConfig/MaximumRetryAttempts").and_then(Value::as_u64);
    let retries = retries.and_then(|retries| u32::try_from(retries).ok()).unwrap_or(RETRIES);
    Some(Target { function: binary.to_owned(), tries: retries.saturating_add(1) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEMPLATE: &str = "
Resources:
  Bus: { Type: AWS::Events::EventBus }
  Decide:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: decide-approval } }
  Send:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: send-email } }
    Properties: { EventInvokeConfig: { MaximumRetryAttempts: 1 } }
  Decided:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: { detail-type: [approval.decided] }
      Targets: [{ Id: Decide, Arn: !GetAtt Decide.Arn }]
  Everything:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: { source: [{ prefix: bot }] }
      Targets: [{ Id: Send, Arn: !GetAtt [Send, Arn] }, { Id: Decide, Arn: !GetAtt Decide.Arn }]
  OfAnotherBus:
    Type: AWS::Events::Rule
    Properties: { EventPattern: { source: [{ numeric: [1] }] }, Targets: [{ Id: A, Arn: !GetAtt Send.Arn }] }
";

    #[test]
    fn an_event_goes_to_the_functions_of_the_rules_that_match_it_once_each() {
        let rules = Rules::read(TEMPLATE).unwrap();
        let (decide, send) =
            (Target { function: "decide-approval".into(), tries: 3 }, Target { function: "send-email".into(), tries: 2 });
        let decided = |source: &str| json!({ "source": source, "detail-type": "approval.decided" });
        assert_eq!(rules.targets(&decided("crm")), std::slice::from_ref(&decide));
        assert_eq!(rules.targets(&decided("bot.1")), [decide, send]);
        assert_eq!(rules.targets(&json!({ "source": "portico", "detail-type": "developer.approved" })), []);
    }

    #[test]
    fn a_rule_that_cannot_be_applied_is_named() {
        for (right, wrong) in
            [("source: [{ prefix: bot }]", "source: [{ suffix: bot }]"), ("!GetAtt [Send, Arn]", "!GetAtt Queue.Arn")]
        {
            let said = Rules::read(&TEMPLATE.replace(right, wrong)).unwrap_err().to_string();
            assert!(said.contains("the rule Everything"), "{said}");
        }
    }

    #[test]
    fn the_rules_of_the_template_can_be_applied_and_a_decision_has_its_function() {
        let rules = Rules::read(crate::gateway::routes::TEMPLATE).unwrap();
        let decided = json!({ "source": "example.bot", "detail-type": "approval.decided", "detail": {} });
        let functions: Vec<_> = rules.targets(&decided).into_iter().map(|target| target.function).collect();
        assert_eq!(functions, ["decide-approval"]);
    }
}
