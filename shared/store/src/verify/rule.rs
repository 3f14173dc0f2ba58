//! The rules that the whole table keeps, and what is said of one that is broken.

use std::fmt;

use crate::Key;

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident = $name:literal,)+) => {
        /// A rule of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])* $rule,)+
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$rule,)+];

            /// The name that reports show.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$rule => $name,)+ }
            }
        }
    };
}

rules! {
    // Items by themselves
    /// An item has no kind that this version knows.
    UnknownKind = "unknown-kind",
    /// An item cannot be read as what its kind says.
    Unreadable = "unreadable",
    /// An item lies at another key than its own ids say.
    WrongKey = "wrong-key",
    /// An item has more than 400 KB.
    TooLarge = "too-large",
    /// A text has the form of a secret: an API key, a JWT, a password's hash outside its item.
    SecretInTheClear = "secret-in-the-clear",
    /// An event holds an address.
    AddressInEvent = "address-in-event",
    /// Something that administrators browse is not in its list, or at the wrong place of it.
    NotListed = "not-listed",
    /// Something is in a list that does not belong there, such as a tombstone.
    WronglyListed = "wrongly-listed",
    /// A child has no live parent.
    Orphan = "orphan",
    /// A tombstone has no job that ends it.
    TombstoneWithoutJob = "tombstone-without-job",
    /// `ver` of a root is not the number of its events.
    EventCount = "event-count",
    // Guards
    /// A guard has no live owner.
    GuardWithoutOwner = "guard-without-owner",
    /// A guard's owner does not have the value that is guarded.
    GuardOfAnotherValue = "guard-of-another-value",
    /// The owner of an address, an identity, a reference ID or a slug has no guard for it, or somebody else has it.
    OwnerWithoutGuard = "owner-without-guard",
    // Developers
    /// `app_count` of a developer or a team is not the number of the applications that they own.
    ApplicationCount = "application-count",
    /// `has_password` does not say whether there is a password.
    PasswordFlag = "password-flag",
    /// A password or a session of a developer whose address was never proven.
    AddressNotVerified = "address-not-verified",
    /// A session is of an epoch that the developer has not reached.
    SessionOfTheFuture = "session-of-the-future",
    /// A mail token is of a generation that was never made.
    TokenOfTheFuture = "token-of-the-future",
    /// Two mail tokens of a developer for one purpose would both be accepted.
    TwoLiveTokens = "two-live-tokens",
    /// A developer's note of a mail that never arrived has no event that noted it.
    MailFailureWithoutEvent = "mail-failure-without-event",
    /// A developer's teams that groups of an identity provider brought are not all among the developer's teams.
    BroughtWithoutTeam = "brought-without-team",
    /// A portal does not say whether one of its identity providers is enabled.
    SingleSignOnDiffers = "single-sign-on-differs",
    // Applications
    /// An application is not in its owner's list.
    ApplicationWithoutPointer = "application-without-pointer",
    /// An owner's list holds an application that is not the owner's, or not there.
    PointerWithoutApplication = "pointer-without-application",
    /// The card in the owner's list differs from the application.
    CardDiffers = "card-differs",
    /// `key_count` is not the number of the application's keys.
    KeyCount = "key-count",
    /// A grant has no registration.
    GrantWithoutRegistration = "grant-without-registration",
    /// A registration has no grant.
    RegistrationWithoutGrant = "registration-without-grant",
    /// A grant and its registration differ.
    GrantDiffers = "grant-differs",
    /// A registration is not among those of its API.
    RegistrationWithoutPointer = "registration-without-pointer",
    /// An API lists a registration that is not there, or is another.
    PointerWithoutRegistration = "pointer-without-registration",
    /// An application's standing is not its owner's status.
    StandingDiffers = "standing-differs",
    /// Two things that belong together are of different portals.
    OtherPortal = "other-portal",
    // Teams
    /// `member_count` is not the number of the team's members.
    MemberCount = "member-count",
    /// A member of a team is not noted as one.
    MemberNotNoted = "member-not-noted",
    /// A developer is noted as a member of a team that has no such member.
    NotedWithoutMember = "noted-without-member",
    /// A role of a team is not among those for its API.
    RoleWithoutPointer = "role-without-pointer",
    /// An API lists a team's role that the team does not have.
    PointerWithoutRole = "pointer-without-role",
    // Strategies and portals
    /// An application, a publication or a portal names a strategy that is not there.
    StrategyMissing = "strategy-missing",
    /// `use_count` is not the number of applications and publications with the strategy.
    UseCount = "use-count",
    // APIs
    /// A publication has no card in its portal's catalog.
    PublicationWithoutCard = "publication-without-card",
    /// A catalog holds the card of an API that is not published there, or not there at all.
    CardWithoutPublication = "card-without-publication",
    /// A catalog's card differs from what the API says of itself.
    CatalogCardDiffers = "catalog-card-differs",
    /// An API names a version that is not there, or is another.
    VersionMissing = "version-missing",
    /// A version is not among those of its API.
    VersionNotNamed = "version-not-named",
    /// The specifications that an API lists are not those of its versions.
    SpecificationsDiffer = "specifications-differ",
    /// The current version is none of the API's, or differs from it.
    CurrentVersionDiffers = "current-version-differs",
    /// A document lies below one that is not there, or below itself.
    DocumentParent = "document-parent",
    /// Two documents with the same parent have one slug.
    DocumentSlug = "document-slug",
    /// Search knows another edition of an API than its card is of, or an API that has no card.
    SearchDiffers = "search-differs",
    /// An implementation has no link.
    ImplementationWithoutLink = "implementation-without-link",
    /// A link has no implementation.
    LinkWithoutImplementation = "link-without-implementation",
    /// A link lets the applications of other publications in, or of other strategies, than the API is published with.
    LinkDiffers = "link-differs",
    /// A link takes keys from other headers than the strategy says.
    KeyNamesDiffer = "key-names-differ",
}

/// A rule that is broken, and the items that show it. It names keys, which hold no personal data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// The items: first the one that is wrong, then what it is wrong beside, missing ones included.
    pub keys: Vec<Key>,
    /// For a counter: what it says, and what there is.
    pub counts: Option<(u64, u64)>,
}

impl Violation {
    pub(super) fn new(rule: Rule, keys: impl IntoIterator<Item = Key>) -> Self {
        Self { rule, keys: keys.into_iter().collect(), counts: None }
    }

    pub(super) fn count(rule: Rule, keys: impl IntoIterator<Item = Key>, says: u64, is: u64) -> Self {
        Self { counts: Some((says, is)), ..Self::new(rule, keys) }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.rule)?;
        for (at, key) in self.keys.iter().enumerate() {
            write!(f, "{} {} / {}", if at == 0 { "" } else { " ·" }, key.pk, key.sk)?;
        }
        match self.counts {
            Some((says, is)) => write!(f, " (says {says}, is {is})"),
            None => Ok(()),
        }
    }
}
