//! The bounds of sets, in one place for the rule, the page and the OpenAPI document.

/// Applications that one developer or one team can own.
pub const APPLICATIONS_PER_OWNER: u32 = 500;
/// API keys of one application.
pub const KEYS_PER_APPLICATION: u32 = 20;
/// Registrations of one application.
pub const REGISTRATIONS_PER_APPLICATION: u32 = 200;
/// Versions of one API.
pub const VERSIONS_PER_API: usize = 100;
/// Documents of one API: a whole row of them moves, and a whole tree goes, in one transaction with the API and its cards.
pub const DOCUMENTS_PER_API: usize = 50;
/// Levels of the tree of an API's documents.
pub const DOCUMENT_DEPTH: usize = 10;
/// Bytes of a document's text, so that it fits into a Lambda reply however it is escaped.
pub const DOCUMENT_BYTES: usize = 1_000_000;
/// Portals in which one API is published: they change with it in one transaction.
pub const PUBLICATIONS_PER_API: usize = 20;
/// Stages of gateways that one API is linked to: they change with its publications in one transaction.
pub const IMPLEMENTATIONS_PER_API: usize = 20;
/// Bytes of the names and values of an API's attributes, so that a page of 100 APIs fits into a Lambda reply.
pub const ATTRIBUTE_BYTES: usize = 4_096;
/// How often a lost race is decided again before the answer is "busy".
pub const TRIES: u32 = 8;
/// Labels of one thing.
pub const LABELS: usize = 50;
/// Teams that one developer is a member of: whoever reads as that developer reads all of them.
pub const TEAMS_PER_DEVELOPER: usize = 50;
/// Members of one team.
pub const MEMBERS_PER_TEAM: u32 = 1_000;
/// Roles of one team.
pub const ROLES_PER_TEAM: u32 = 500;
/// Identity providers of one portal: they lie in one item, with everything that is said of them.
pub const IDENTITY_PROVIDERS: usize = 5;
/// Groups that one identity provider's portal makes teams of.
pub const GROUP_MAPPINGS: usize = 100;
/// Domains that one identity provider is the authority for.
pub const TRUSTED_DOMAINS: usize = 50;
/// Identities, one of each issuer, that one developer signs in with.
pub const IDENTITIES_PER_DEVELOPER: usize = 10;
