//! Reads a file of the contract: operations, and below each its shapes, nested by indentation.

use super::schema::{Kind, Member, Schema};
use super::{Answer, Operation, Parameter};
use std::collections::BTreeMap;

/// A line without its indentation.
struct Line<'t> {
    number: usize,
    indent: usize,
    text: &'t str,
}

/// The shapes that a file has named so far, for `Name: as above`.
type Named = BTreeMap<String, Schema>;

pub(super) fn operations(file: &'static str, base: &str, text: &str) -> Result<Vec<Operation>, String> {
    let lines: Vec<Line<'_>> = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| Line { number, indent: line.len() - line.trim_start().len(), text: line.trim() })
        .collect();
    let mut named = Named::new();
    let mut operations = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((first, others)) = rest.split_first() {
        let end = others.iter().position(|line| line.text.starts_with("## ")).unwrap_or(others.len());
        let (body, next) = others.split_at(end);
        if let Some(title) = first.text.strip_prefix("## ") {
            let at = |fault| format!("{file}.txt:{}: {fault}", first.number);
            let mut operation = titled(file, base, title).map_err(at)?;
            fill(&mut operation, body, &mut named).map_err(|fault| format!("{file}.txt:{fault}"))?;
            operations.push(operation);
        }
        rest = next;
    }
    if operations.is_empty() { Err(format!("{file}.txt has no operations")) } else { Ok(operations) }
}

/// `POST /apis  (create-api)  auth: cookie`
fn titled(file: &'static str, base: &str, title: &str) -> Result<Operation, String> {
    let mut words = title.split_whitespace();
    let (Some(method), Some(path), Some(id)) = (words.next(), words.next(), words.next()) else {
        return Err(format!("not a title: {title:?}"));
    };
    Ok(Operation {
        file,
        id: id.trim_matches(['(', ')']).to_owned(),
        method: method.to_owned(),
        path: format!("{base}{path}"),
        errors: Vec::new(),
        request: None,
        answers: Vec::new(),
        query: Vec::new(),
        accepts: Vec::new(),
    })
}

fn fill(operation: &mut Operation, lines: &[Line<'_>], named: &mut Named) -> Result<(), String> {
    let mut rest = lines;
    while let Some((line, others)) = rest.split_first() {
        let (inner, next) = others.split_at(others.iter().position(|other| other.indent <= line.indent).unwrap_or(others.len()));
        rest = next;
        let (word, facts) = line.text.split_once(' ').unwrap_or((line.text, ""));
        match word {
            "query" => operation.query.extend(parameter(facts, inner)),
            "header" => {
                let schema = facts.split_once(": ").map(|(_, facts)| Schema::parse(facts));
                let choices = schema.transpose().map_err(|fault| at(line, &fault))?.and_then(|schema| schema.choices);
                let choices = choices.unwrap_or_default();
                operation.accepts = choices.iter().filter_map(|choice| choice.as_str().map(str::to_owned)).collect();
            }
            "request" => operation.request = first_shape(inner, named)?,
            "errors" => {
                let errors: Result<Vec<u16>, _> = facts.split_whitespace().map(str::parse).collect();
                operation.errors = errors.map_err(|_| at(line, "not a list of statuses"))?;
            }
            status => {
                let status = status.parse().map_err(|_| at(line, "not understood"))?;
                let media = facts.split_whitespace().take_while(|word| *word != "headers");
                let media = media.map(str::to_owned).collect();
                operation.answers.push(Answer { status, media, body: first_shape(inner, named)? });
            }
        }
    }
    Ok(())
}

fn parameter(text: &str, inner: &[Line<'_>]) -> Option<Parameter> {
    let named = |text: &str| text.split_once(": ").map(|(name, facts)| (name.to_owned(), facts.to_owned()));
    let (name, facts) = named(text)?;
    Some(Parameter { name, facts, inner: inner.iter().filter_map(|line| named(line.text)).collect() })
}

/// Binary answers print one shape for each of their types; the first says it all.
fn first_shape(lines: &[Line<'_>], named: &mut Named) -> Result<Option<Schema>, String> {
    let Some((line, others)) = lines.split_first() else {
        return Ok(None);
    };
    let inner = others.split(|other| other.indent <= line.indent).next().unwrap_or_default();
    let (name, mut schema) = shape(line, inner, named)?;
    schema.name = name.clone();
    if name != "body" && !line.text.ends_with(": as above") {
        named.entry(name).or_insert_with(|| schema.clone());
    }
    Ok(Some(schema))
}

/// One line and what is indented below it.
fn shape(line: &Line<'_>, inner: &[Line<'_>], named: &Named) -> Result<(String, Schema), String> {
    let (name, facts) = line.text.split_once(": ").ok_or_else(|| at(line, "not understood"))?;
    if facts == "as above" {
        let schema = named.get(name).ok_or_else(|| at(line, "nothing above has this name"))?;
        return Ok((name.to_owned(), schema.clone()));
    }
    let mut schema = Schema::parse(facts).map_err(|fault| at(line, &fault))?;
    let mut rest = inner;
    while let Some((child, others)) = rest.split_first() {
        let end = others.iter().position(|other| other.indent <= child.indent).unwrap_or(others.len());
        let (below, next) = others.split_at(end);
        rest = next;
        let (name, read) = shape(child, below, named)?;
        match name.as_str() {
            "[]" => schema.items = Some(Box::new(read)),
            "<any key>" => schema.entries = Some(Box::new(read)),
            form if form.starts_with('(') => schema.alternatives.push(read),
            _ => {
                let required = name.ends_with('*');
                let name = name.trim_end_matches('*').to_owned();
                schema.members.push(Member { name, required, schema: read });
            }
        }
    }
    schema.alternatives.extend(our_implementation(&schema.alternatives));
    schema.open_if_cut();
    Ok((name.to_owned(), schema))
}

/// Our third form of an API implementation (docs/contract/README.md): as the others, but for `api_gateway`.
fn our_implementation(forms: &[Schema]) -> Option<Schema> {
    let theirs = |member: &Member| matches!(member.name.as_str(), "service" | "control_plane");
    let mut ours = forms.iter().find(|form| form.members.iter().any(theirs))?.clone();
    let text = || Schema { kind: Kind::String, ..Schema::default() };
    let member = |name: &str, schema| Member { name: name.to_owned(), required: true, schema };
    let gateway = Schema {
        kind: Kind::Object,
        closed: true,
        members: vec![member("gateway_id", text()), member("stage", text())],
        ..Schema::default()
    };
    ours.members.retain(|member| !theirs(member));
    ours.members.push(member("api_gateway", gateway));
    Some(ours)
}

fn at(line: &Line<'_>, fault: &str) -> String {
    format!("{}: {fault}: {:?}", line.number, line.text)
}
