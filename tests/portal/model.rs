//! A seeded random walk over all that developers and administrators do to applications, registrations, keys and publications. A small
//! model predicts each answer, each list and each call; a mismatch prints the seed that replays it.
//!
//! `PORTICO_MODEL_SEEDS` and `PORTICO_MODEL_STEPS` make more walks, or longer ones; `PORTICO_MODEL_FIRST` begins at another seed.

mod product;
pub(crate) mod random;
mod world;

use portico_domain::status::Status;
use portico_tests::steps::APPLICATIONS;

use product::{APIS, DEVELOPERS, Product, REFERENCES, STRATEGIES, Step, Terms};
use random::Random;
use world::World;

fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().expect("a number"))
}

/// The next step of a walk through a world in which so many applications, registrations and keys were made.
fn choose(random: &mut Random, apps: usize, registrations: usize, keys: usize) -> Step {
    let developer = random.below(DEVELOPERS);
    let app = random.recent(apps);
    let registration = random.recent(registrations);
    let key = random.recent(keys);
    let create = Step::CreateApp { developer, reference: random.maybe(REFERENCES.len()), strategy: random.maybe(STRATEGIES) };
    let chosen = match random.below(100) {
        0..8 => Some(create),
        8..10 => app.map(|app| Step::RenameApp { developer, app }),
        10..16 => app.map(|app| Step::ChangeReference { developer, app, reference: random.below(REFERENCES.len()) }),
        16..19 => app.map(|app| Step::DeleteApp { developer, app }),
        19..37 => app.map(|app| Step::Register { developer, app, api: random.below(APIS) }),
        37..42 => registration.map(|registration| Step::Cancel { developer, registration }),
        42..54 => app.map(|app| Step::CreateKey { developer, app }),
        54..57 => key.map(|key| Step::RenameKey { developer, key }),
        57..60 => key.map(|key| Step::DeleteKey { developer, key }),
        60..77 => registration.map(|registration| Step::DecideRegistration {
            registration,
            status: random.one(&[Status::Approved, Status::Approved, Status::Rejected, Status::Revoked, Status::Pending]),
        }),
        77..79 => registration.map(|registration| Step::DeleteRegistration { registration }),
        79..84 => Some(Step::DecideDeveloper {
            developer,
            status: random.one(&[Status::Approved, Status::Approved, Status::Revoked, Status::Rejected, Status::Pending]),
        }),
        84..85 => app.map(|app| Step::RemoveApp { app }),
        85..91 => {
            let strategy = if random.percent(60) { Some(0) } else { random.maybe(STRATEGIES) };
            Some(Step::Publish { api: random.below(APIS), terms: Terms { strategy, loose: random.percent(30) } })
        }
        91..93 => Some(Step::Unpublish { api: random.below(APIS) }),
        93..94 => Some(Step::ApproveByItself { on: random.percent(30) }),
        _ => Some(Step::SignIn { developer }),
    };
    chosen.unwrap_or(create)
}

/// A developer's step is the owner's more often than a stranger's, so that walks come somewhere.
fn by_its_owner(step: Step, product: &Product) -> Step {
    let owner = |app: usize| product.apps[app].owner;
    match step {
        Step::RenameApp { app, .. } => Step::RenameApp { developer: owner(app), app },
        Step::ChangeReference { app, reference, .. } => Step::ChangeReference { developer: owner(app), app, reference },
        Step::DeleteApp { app, .. } => Step::DeleteApp { developer: owner(app), app },
        Step::Register { app, api, .. } => Step::Register { developer: owner(app), app, api },
        Step::CreateKey { app, .. } => Step::CreateKey { developer: owner(app), app },
        Step::Cancel { registration, .. } => {
            Step::Cancel { developer: owner(product.registrations[registration].app), registration }
        }
        Step::RenameKey { key, .. } => Step::RenameKey { developer: owner(product.keys[key].app), key },
        Step::DeleteKey { key, .. } => Step::DeleteKey { developer: owner(product.keys[key].app), key },
        other => other,
    }
}

/// What stands where the walk is: the seed, the step and what led there.
fn at(seed: u64, steps: &[Step]) -> String {
    let last = steps.len().saturating_sub(12);
    format!("PORTICO_MODEL_FIRST={seed} PORTICO_MODEL_SEEDS=1, step {}: … {:#?}", steps.len(), &steps[last..])
}

/// Holds every call against the model: each key that there is, or each that ever was, on each API.
async fn check_calls(world: &World, product: &Product, gone_too: bool, at: &str) {
    for (number, key) in world.keys.iter().enumerate().filter(|(number, _)| gone_too || product.keys[*number].live) {
        for api in 0..APIS {
            assert_eq!(world.passes(key, api).await, product.passes(number, api), "key {number}, API {api}: {at}");
        }
    }
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words
}

/// Holds every list against the model.
async fn check_lists(world: &World, product: &Product, at: &str) {
    let total = |many: usize| u64::try_from(many).expect("a number");
    let root = format!("/v3/portals/{}", world.portal.id());
    for developer in (0..DEVELOPERS).filter(|developer| product.signed_in[*developer]) {
        let client = &world.developers[developer];
        let listed = client.get(&format!("{APPLICATIONS}?page[size]=100")).await.expect(200);
        let expected: Vec<usize> = product.apps_of(developer).map(|(app, _)| app).collect();
        assert_eq!(listed.total(), total(expected.len()), "applications of {developer}: {at}");
        let ids = expected.iter().map(|app| world.apps[*app].clone()).collect();
        assert_eq!(sorted(listed.each("id")), sorted(ids), "applications of {developer}: {at}");
        for app in expected {
            let path = format!("{APPLICATIONS}/{}", world.apps[app]);
            let shown = client.get(&path).await.expect(200);
            if let Some(reference) = product.apps[app].reference {
                assert_eq!(shown.body["client_id"], REFERENCES[reference], "application {app}: {at}");
            }
            let listed = client.get(&format!("{path}/registrations?page[size]=100")).await.expect(200);
            let pairs = listed.each("id").into_iter().zip(listed.each("status")).map(|(id, status)| format!("{id} {status}"));
            let expected: Vec<_> = product.registrations_of(app).collect();
            assert_eq!(listed.total(), total(expected.len()), "registrations of {app}: {at}");
            let expected = expected.iter().map(|(number, one)| format!("{} {}", world.registrations[*number].id, one.status));
            assert_eq!(sorted(pairs.collect()), sorted(expected.collect()), "registrations of {app}: {at}");
            let listed = client.get(&format!("{path}/credentials?page[size]=100")).await.expect(200);
            let expected: Vec<_> = product.keys_of(app).map(|(key, _)| world.keys[key].id.clone()).collect();
            assert_eq!(listed.total(), total(expected.len()), "keys of {app}: {at}");
            assert_eq!(sorted(listed.each("id")), sorted(expected), "keys of {app}: {at}");
        }
    }
    let live = product.apps.iter().filter(|app| app.live).count();
    assert_eq!(world.admin.get(&format!("{root}/applications")).await.expect(200).total(), total(live), "applications: {at}");
    for status in Status::ALL {
        let path = format!("{root}/application-registrations?filter[status]={status}");
        let expected = product.registrations.iter().filter(|one| one.live && one.status == status).count();
        assert_eq!(world.admin.get(&path).await.expect(200).total(), total(expected), "{status} registrations: {at}");
        let path = format!("{root}/developers?filter[status]={status}");
        let expected = product.developers.iter().filter(|one| **one == status).count();
        assert_eq!(world.admin.get(&path).await.expect(200).total(), total(expected), "{status} developers: {at}");
    }
}

/// How often each answer came: a walk that is refused everywhere tests nothing.
async fn walk(seed: u64, steps: usize) -> (usize, usize) {
    let mut random = Random::new(seed);
    let (mut world, mut product) = (World::start().await, Product::new());
    let (mut taken, mut done, mut passing) = (Vec::new(), 0, 0);
    for number in 1..=steps {
        let step = choose(&mut random, world.apps.len(), world.registrations.len(), world.keys.len());
        let step = if random.percent(80) { by_its_owner(step, &product) } else { step };
        taken.push(step);
        world.portal.clock.advance(std::time::Duration::from_millis(1));
        let answered = world.take(step).await;
        let expected = product.take(step);
        assert_eq!(answered, expected, "{}", at(seed, &taken));
        done += usize::from(matches!(answered, product::Answer::Done(..)));
        if number % 10 == 0 || number == steps {
            let at = at(seed, &taken);
            check_calls(&world, &product, number % 50 == 0 || number == steps, &at).await;
            check_lists(&world, &product, &at).await;
            let pairs = (0..world.keys.len()).flat_map(|key| (0..APIS).map(move |api| (key, api)));
            passing += pairs.filter(|(key, api)| product.passes(*key, *api)).count();
        }
    }
    world.portal.end().await;
    (done, passing)
}

#[tokio::test]
async fn every_answer_every_list_and_every_call_is_what_the_model_says() {
    let (first, seeds, steps) =
        (setting("PORTICO_MODEL_FIRST", 1), setting("PORTICO_MODEL_SEEDS", 4), setting("PORTICO_MODEL_STEPS", 150));
    let (mut done, mut passing) = (0, 0);
    for seed in first..first + seeds {
        let (more, calls) = walk(u64::try_from(seed).expect("a seed"), steps).await;
        (done, passing) = (done + more, passing + calls);
    }
    // The walks come somewhere: steps succeed, and calls pass.
    assert!(done * 3 > seeds * steps && passing > seeds, "{done} of {} steps, {passing} calls", seeds * steps);
}
