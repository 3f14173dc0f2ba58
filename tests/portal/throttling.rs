//! Mail bombing and guessing are slowed (reliability B54, B55, promises P14 and P30).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use portico::faults::Matching;
use portico_domain::event::Name;
use portico_domain::password::AttemptedPassword;
use portico_domain::status::Status;
use portico_http::passwords::{AT_ONCE, WAITING};
use portico_tests::account::{PASSWORD, with_status};
use portico_tests::{Reply, TestPortal};

const ADA: &str = "ada@example.test";
const WRONG: &str = "violet tractor hums at dawn";
const HOUR: Duration = Duration::from_secs(3600);

/// One of many addresses.
fn source(number: usize) -> IpAddr {
    let number = u8::try_from(number % 250).expect("a byte");
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, number))
}

fn retry_after(reply: &Reply) -> u64 {
    reply.headers["retry-after"].to_str().expect("a header").parse().expect("seconds")
}

async fn mails(portal: &TestPortal, email: &str) -> usize {
    let history = portal.history(email).await;
    history
        .iter()
        .filter(|name| matches!(**name, "developer.signed_up" | "developer.signed_up_again" | "developer.password_requested"))
        .count()
}

#[tokio::test]
async fn an_address_gets_three_mails_an_hour_however_they_are_asked_for_and_the_replies_stay_the_same() {
    let portal = TestPortal::start().await;
    let mut seen = Vec::new();
    for number in 0..6 {
        let eve = portal.anonymous().from(source(number));
        seen.push(eve.sign_up(ADA).await.expect(201).seen());
        eve.forgot_password(ADA).await.expect(200);
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(mails(&portal, ADA).await, 3);
    portal.clock.advance(HOUR);
    portal.anonymous().forgot_password(ADA).await.expect(200);
    assert_eq!(mails(&portal, ADA).await, 4);
    portal.end().await;
}

#[tokio::test]
async fn a_source_causes_twenty_mails_an_hour_and_later_sign_ups_are_kept_without_one() {
    let portal = TestPortal::start().await;
    let eve = portal.anonymous();
    let replies = eve.race(30, |number, eve| async move { eve.sign_up(&format!("x{number}@example.test")).await }).await;
    assert_eq!(with_status(&replies, 201), 30);
    let (mut mailed, mut kept) = (0, Vec::new());
    for number in 0..30 {
        let email = format!("x{number}@example.test");
        match mails(&portal, &email).await {
            0 => kept.push(email),
            one => mailed += one,
        }
    }
    assert_eq!((mailed, kept.len()), (20, 10), "an acknowledged sign-up is there, mailed or not");
    let late = &kept[0];
    assert_eq!(portal.history(late).await, ["developer.created"]);
    // Its owner gets the link later, from wherever.
    portal.anonymous().from(source(9)).sign_up(late).await.expect(201);
    portal.anonymous().verify_email(&portal.mailed(late, Name::DeveloperSignedUpAgain).await).await.expect(202);
    portal.end().await;
}

#[tokio::test]
async fn an_ipv6_subscriber_is_one_source() {
    let portal = TestPortal::start().await;
    for number in 0..25_u16 {
        let source = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 2, number, number, 0, 1));
        portal.anonymous().from(source).sign_up(&format!("x{number}@example.test")).await.expect(201);
    }
    assert_eq!(portal.history("x19@example.test").await, ["developer.signed_up"]);
    assert_eq!(portal.history("x20@example.test").await, ["developer.created"]);
    portal.end().await;
}

#[tokio::test]
async fn a_hundred_and_fifty_guesses_from_thirty_sources_get_ten_answers_and_then_ten_a_minute() {
    let portal = TestPortal::start().await;
    let id = portal.account(ADA, Status::Approved).await;
    let hashes = portal.portal.passwords.computed();
    let mut answered = 0;
    for number in 0..150 {
        let reply = portal.anonymous().from(source(number % 30)).authenticate(ADA, WRONG).await;
        if reply.status == 401 {
            answered += 1;
        } else {
            let reply = reply.expect_problem(429, "too-many-requests");
            assert_eq!(retry_after(&reply), 6);
        }
    }
    assert_eq!(answered, 10);
    assert_eq!(portal.portal.passwords.computed() - hashes, 10, "what is not answered is not hashed");
    let mut in_a_minute = 0;
    for number in 0..60 {
        portal.clock.advance(Duration::from_secs(1));
        in_a_minute += usize::from(portal.anonymous().from(source(number)).authenticate(ADA, WRONG).await.status == 401);
    }
    assert_eq!(in_a_minute, 10);
    // Ada waits her turn with the right password, but a reset lets her in at once.
    portal.anonymous().authenticate(ADA, PASSWORD).await.expect_problem(429, "too-many-requests");
    portal.anonymous().forgot_password(ADA).await.expect(200);
    let token = portal.mailed(ADA, Name::DeveloperPasswordRequested).await;
    portal.anonymous().reset_password(&token, "another tractor hums at noon").await.expect(204);
    portal.anonymous().authenticate(ADA, "another tractor hums at noon").await.expect(204);
    assert!(portal.known(ADA).await.id == id);
    portal.end().await;
}

#[tokio::test]
async fn known_and_unknown_addresses_are_slowed_alike() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let mut seen = Vec::new();
    for email in [ADA, "unknown@example.test"] {
        let mut replies = Vec::new();
        for number in 0..15 {
            replies.push(portal.anonymous().from(source(number)).authenticate(email, WRONG).await.seen());
        }
        seen.push(replies);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0][14].0, 429);
    portal.end().await;
}

#[tokio::test]
async fn guesses_at_the_same_time_get_no_more_answers_than_one_after_the_other() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let replies =
        portal.anonymous().race(40, |number, eve| async move { eve.from(source(number)).authenticate(ADA, WRONG).await }).await;
    assert_eq!((with_status(&replies, 401), with_status(&replies, 429)), (10, 30));
    assert!(replies.iter().filter(|reply| reply.status == 429).all(|reply| reply.headers.contains_key("retry-after")));
    portal.end().await;
}

#[tokio::test]
async fn of_two_guesses_that_were_both_let_in_the_one_over_the_limit_is_not_answered() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    for number in 0..9 {
        portal.anonymous().from(source(number)).authenticate(ADA, WRONG).await.expect(401);
    }
    let guess = |number| {
        let eve = portal.anonymous().from(source(number));
        let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
        (gate, tokio::spawn(async move { eve.authenticate(ADA, WRONG).await }))
    };
    let (first_gate, first) = guess(20);
    first_gate.arrived().await;
    let (second_gate, second) = guess(21);
    second_gate.arrived().await;
    first_gate.open();
    first.await.expect("no panic").expect_problem(401, "invalid-credentials");
    second_gate.open();
    second.await.expect("no panic").expect_problem(429, "too-many-requests");
    portal.end().await;
}

#[tokio::test]
async fn a_right_guess_among_too_many_at_the_same_time_is_not_told_apart() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let lucky = portal.anonymous();
    let lucky = tokio::spawn(async move { lucky.authenticate(ADA, PASSWORD).await });
    gate.arrived().await;
    for number in 0..10 {
        portal.anonymous().from(source(number)).authenticate(ADA, WRONG).await.expect(401);
    }
    gate.open();
    lucky.await.expect("no panic").expect_problem(429, "too-many-requests");
    portal.end().await;
}

#[tokio::test]
async fn the_right_password_forgets_the_failures_before_it() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    for _ in 0..3 {
        for _ in 0..9 {
            portal.anonymous().authenticate(ADA, WRONG).await.expect(401);
        }
        portal.anonymous().authenticate(ADA, PASSWORD).await.expect(204);
    }
    portal.end().await;
}

#[tokio::test]
async fn a_source_gets_a_hundred_failures_in_ten_minutes_whatever_the_addresses() {
    let portal = TestPortal::start().await;
    portal.account(ADA, Status::Approved).await;
    let eve = portal.anonymous().from(source(1));
    for number in 0..100 {
        eve.authenticate(&format!("x{number}@example.test"), WRONG).await.expect(401);
    }
    eve.authenticate("another@example.test", WRONG).await.expect_problem(429, "too-many-requests");
    eve.authenticate(ADA, PASSWORD).await.expect_problem(429, "too-many-requests");
    portal.anonymous().from(source(2)).authenticate(ADA, PASSWORD).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn a_flood_of_sign_ins_is_hashed_a_few_at_a_time_and_the_rest_is_told_to_come_back() {
    let portal = TestPortal::start().await;
    let replies = portal
        .anonymous()
        .race(
            200,
            |number, eve| async move { eve.from(source(number)).authenticate(&format!("x{number}@example.test"), WRONG).await },
        )
        .await;
    let (answered, busy) = (with_status(&replies, 401), with_status(&replies, 503));
    assert_eq!(answered + busy, 200);
    assert_eq!(u64::try_from(answered).expect("a count"), portal.portal.passwords.computed());
    assert!(answered >= AT_ONCE + WAITING, "{answered} are served: those at work and those who wait");
    assert!((1..=AT_ONCE).contains(&portal.portal.passwords.most_at_once()));
    assert!((1..=AT_ONCE).contains(&portal.portal.passwords.pieces_of_memory()), "memory is shared, whatever the threads");
    assert!(busy > 0 && replies.iter().filter(|reply| reply.status == 503).all(|reply| retry_after(reply) >= 1));
    portal.end().await;
}

#[tokio::test]
async fn hanging_up_makes_no_room_for_more_hashes_than_there_are_at_once() {
    let portal = TestPortal::start().await;
    for _ in 0..4 * AT_ONCE {
        let passwords = portal.portal.passwords.clone();
        let attempt = AttemptedPassword::parse(WRONG).expect("a password");
        let asked = tokio::spawn(async move { passwords.verify(attempt, None).await });
        tokio::task::yield_now().await;
        asked.abort();
    }
    portal.anonymous().authenticate(ADA, WRONG).await.expect(401);
    assert!(portal.portal.passwords.most_at_once() <= AT_ONCE);
    portal.end().await;
}
