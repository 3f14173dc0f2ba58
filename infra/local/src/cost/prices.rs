//! Public prices, in one table, and what is multiplied with them. Whoever changes one changes the date.

use std::fmt::{self, Display};

use super::usage::Use;

/// Where these prices hold.
pub(super) const REGION: &str = "us-east-1";
/// When they were looked up; AWS changes them now and then.
pub(super) const AS_OF: &str = "January 2025";

/// A GB-second of Lambda on arm64, and a request.
const LAMBDA_GB_SECOND: f64 = 0.000_013_333_4;
const LAMBDA_REQUEST: f64 = 0.20e-6;
/// A request of an HTTP API.
const API_GATEWAY_REQUEST: f64 = 1.00e-6;
/// On-demand request units of DynamoDB (since November 2024), a stored GB, and a GB of continuous backups.
const READ_UNIT: f64 = 0.125e-6;
const WRITE_UNIT: f64 = 0.625e-6;
const STORED_GB: f64 = 0.25;
const BACKED_UP_GB: f64 = 0.20;
/// An event of one's own on EventBridge, and an invocation of its scheduler.
const EVENT: f64 = 1.00e-6;
const SCHEDULED: f64 = 1.00e-6;
/// A mail of SES.
const MAIL: f64 = 0.10e-3;
/// A GB of logs taken in, and an alarm.
const LOGGED_GB: f64 = 0.50;
const ALARM: f64 = 0.10;
/// A trace of X-Ray.
const TRACE: f64 = 5.00e-6;

/// What an always-on portal would stand on at least.
pub(super) const ALWAYS_ON: &str = "two t4g.small, a load balancer, one db.t4g.micro";

/// A month of it: instances, load balancer and database by the hour.
pub(super) fn always_on() -> f64 {
    (2.0 * 0.0168 + 0.0225 + 0.016) * 730.0
}

/// A line of the bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Lambda,
    ApiGateway,
    DynamoDb,
    EventBridge,
    Ses,
    CloudWatch,
    XRay,
}

impl Service {
    pub(super) const ALL: [Self; 7] =
        [Self::Lambda, Self::ApiGateway, Self::DynamoDb, Self::EventBridge, Self::Ses, Self::CloudWatch, Self::XRay];

    /// What a month's use of it costs.
    pub(super) fn price(self, used: &Use) -> f64 {
        match self {
            Self::Lambda => used.gb_seconds * LAMBDA_GB_SECOND + used.invocations * LAMBDA_REQUEST,
            Self::ApiGateway => used.requests * API_GATEWAY_REQUEST,
            Self::DynamoDb => {
                used.read_units * READ_UNIT + used.write_units * WRITE_UNIT + used.stored_gb * (STORED_GB + BACKED_UP_GB)
            }
            Self::EventBridge => used.events * EVENT + used.scheduled * SCHEDULED,
            Self::Ses => used.mails * MAIL,
            Self::CloudWatch => used.logged_gb * LOGGED_GB + used.alarms * ALARM,
            Self::XRay => used.traces * TRACE,
        }
    }
}

impl Display for Service {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Lambda => "Lambda",
            Self::ApiGateway => "API Gateway",
            Self::DynamoDb => "DynamoDB",
            Self::EventBridge => "EventBridge",
            Self::Ses => "SES",
            Self::CloudWatch => "CloudWatch",
            Self::XRay => "X-Ray",
        })
    }
}
