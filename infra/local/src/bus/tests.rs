//! The bus: delivered at least once, tried again in time, dead at last, and nothing lost when a portal is killed.

use std::sync::Mutex as Lock;
use std::sync::atomic::{AtomicI64, AtomicUsize};

use portico_http::clock::SystemEntropy;
use serde_json::json;

use super::*;
use crate::data::DataFolder;

#[derive(Debug, Default)]
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + self.0.load(Ordering::SeqCst))
    }
}

const TEMPLATE: &str = "
Resources:
  Decide:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: decide-approval } }
  Send:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: send-email } }
  Both:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: { source: [bot] }
      Targets: [{ Id: A, Arn: !GetAtt Decide.Arn }, { Id: B, Arn: !GetAtt Send.Arn }]
";

/// A bus in a folder; what its functions got, and which of them fail.
struct World {
    clock: Arc<Hands>,
    data: DataFolder,
    bus: Bus,
    got: Lock<Vec<(String, String)>>,
    failing: Lock<Option<&'static str>>,
}

impl World {
    fn new() -> Self {
        let (clock, data) = (Arc::<Hands>::default(), DataFolder::temporary().unwrap());
        let bus = Self::bus(&clock, &data);
        Self { clock, data, bus, got: Lock::default(), failing: Lock::default() }
    }

    fn bus(clock: &Arc<Hands>, data: &DataFolder) -> Bus {
        let folder = BusFolder::open(data.bus(), data.dead_letters()).unwrap();
        Bus::new(Sender::new(folder, clock.clone(), Arc::new(SystemEntropy)), Rules::read(TEMPLATE).unwrap())
    }

    fn put(&self, source: &str, detail: Value) -> String {
        let put = Put { source: source.into(), detail_type: "t".into(), time: None, resources: Vec::new(), detail };
        self.bus.sender().put(put).unwrap()
    }

    /// What the functions got in one round.
    async fn round(&self) -> Vec<(String, String)> {
        let invoke = async |function: String, event: Value| {
            self.got.lock().unwrap().push((function.clone(), event["id"].as_str().unwrap().to_owned()));
            if *self.failing.lock().unwrap() == Some(function.as_str()) { Err("not today".to_owned()) } else { Ok(()) }
        };
        self.bus.deliver(invoke).await.unwrap();
        std::mem::take(&mut *self.got.lock().unwrap())
    }

    fn wait(&self, millis: i64) {
        self.clock.0.fetch_add(millis, Ordering::SeqCst);
    }

    fn dead(&self) -> Vec<Value> {
        let mut paths: Vec<_> = std::fs::read_dir(self.data.dead_letters()).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }
}

fn to(function: &str, id: &str) -> (String, String) {
    (function.to_owned(), id.to_owned())
}

#[tokio::test]
async fn an_event_goes_once_to_each_function_of_its_rules_and_stays_on_the_bus() {
    let world = World::new();
    let (first, other, second) =
        (world.put("bot", json!({})), world.put("nobody", json!({})), world.put("bot", json!({ "n": 1 })));
    assert!(first < other && other < second, "ids are in the order of the events");
    let expected = [&first, &second].map(|id| [to("decide-approval", id), to("send-email", id)]).concat();
    assert_eq!(world.round().await, expected);
    assert!(world.round().await.is_empty());
    let folder = &world.bus.sender().folder;
    assert!(folder.waiting().unwrap().is_empty());
    assert_eq!(folder.all().unwrap().into_iter().collect::<Vec<_>>(), [first, other, second]);
}

#[tokio::test]
async fn a_function_that_fails_is_tried_again_in_time_alone_and_then_its_event_is_a_dead_letter() {
    let world = World::new();
    *world.failing.lock().unwrap() = Some("send-email");
    let id = world.put("bot", json!({ "n": 1 }));
    assert_eq!(world.round().await, [to("decide-approval", &id), to("send-email", &id)]);
    for (before, after) in [(999, 1), (1_999, 1)] {
        world.wait(before);
        assert!(world.round().await.is_empty(), "too early");
        // One failing event holds nothing up.
        world.wait(after);
        assert_eq!(world.round().await, [to("send-email", &id)]);
    }
    let dead = world.dead();
    assert_eq!(dead.len(), 1);
    assert_eq!(
        (&dead[0]["function"], &dead[0]["reason"], &dead[0]["tries"]),
        (&json!("send-email"), &json!("not today"), &json!(3))
    );
    assert_eq!(dead[0]["event"]["detail"], json!({ "n": 1 }));
    world.wait(1_000_000);
    assert!(world.round().await.is_empty());
    assert!(world.bus.sender().folder.waiting().unwrap().is_empty());
}

#[tokio::test]
async fn what_recovers_is_no_dead_letter() {
    let world = World::new();
    *world.failing.lock().unwrap() = Some("decide-approval");
    let id = world.put("bot", json!({}));
    world.round().await;
    *world.failing.lock().unwrap() = None;
    world.wait(1_000);
    assert_eq!(world.round().await, [to("decide-approval", &id)]);
    assert!(world.dead().is_empty());
}

#[tokio::test]
async fn another_portal_goes_on_where_one_was_killed_at_any_moment() {
    // The kill comes after so many functions were invoked, before the bus could note it.
    for survived in 0..4 {
        let mut world = World::new();
        let ids = [world.put("bot", json!({})), world.put("bot", json!({}))];
        let invoked = AtomicUsize::new(0);
        let died = {
            let invoke = async |function: String, event: Value| {
                world.got.lock().unwrap().push((function, event["id"].as_str().unwrap().to_owned()));
                if invoked.fetch_add(1, Ordering::SeqCst) == survived {
                    std::future::pending::<()>().await;
                }
                Ok(())
            };
            let mut delivering = std::pin::pin!(world.bus.deliver(invoke));
            futures_util::poll!(delivering.as_mut()).is_pending()
        };
        assert!(died);
        world.bus = World::bus(&world.clock, &world.data);
        let mut got = std::mem::take(&mut *world.got.lock().unwrap());
        got.extend(world.round().await);
        for id in &ids {
            for function in ["decide-approval", "send-email"] {
                assert!(got.contains(&to(function, id)), "killed at {survived}");
            }
        }
        assert!(world.round().await.is_empty());
    }
}

#[tokio::test]
async fn what_another_process_leaves_on_the_bus_is_delivered_and_what_is_no_event_is_a_dead_letter() {
    let world = World::new();
    let of_another = World::bus(&world.clock, &world.data);
    let put = Put { source: "bot".into(), detail_type: "t".into(), time: None, resources: Vec::new(), detail: json!({}) };
    let id = of_another.sender().put(put).unwrap();
    std::fs::write(world.data.bus().join("half.new"), "{").unwrap();
    std::fs::write(world.data.bus().join("broken.json"), "{").unwrap();
    std::fs::write(world.data.bus().join("bare.json"), "{\"source\": \"bot\"}").unwrap();
    assert_eq!(world.round().await, [to("decide-approval", &id), to("send-email", &id)]);
    let dead = world.dead();
    assert_eq!(dead.iter().map(|letter| letter["function"].clone()).collect::<Vec<_>>(), [json!("bus"), json!("bus")]);
    assert!(world.bus.sender().folder.waiting().unwrap().is_empty());
}
