//! APIs and auth strategies that are there when a test begins, beside the management contract that other tests are about:
//! written as the functions write them.

use portico_domain::api::{Api, Attributes, Implementation, PublishedIn};
use portico_domain::event::Name;
use portico_domain::gateway::{Link, LinkedPublication};
use portico_domain::id::{ApiId, ImplementationId, StrategyId};
use portico_domain::portal::{Labels, Visibility};
use portico_domain::publication::Publication;
use portico_domain::slug::Slug;
use portico_domain::strategy::{KeyTtl, Method, OpenIdConnect, Strategy};
use portico_http::clock::Clock as _;
use portico_store::portals::STRATEGIES_LIST;
use portico_store::{Item, Key, StoreError, Transaction, Update};
use serde_json::json;

use crate::portal::TestPortal;

/// The gateway that seeded APIs are linked to; the stage is the API's slug.
pub const GATEWAY: &str = "local";

/// What an API is to be like. Names must differ, since slugs are made of them.
#[derive(Clone, Debug)]
pub struct SeedApi {
    /// Name.
    pub name: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// The strategy of its publication; absent: nothing to register for.
    pub strategy: Option<StrategyId>,
    /// Whether registrations are approved by themselves.
    pub auto_approve_registrations: bool,
}

impl TestPortal {
    /// An API as [`Self::published_api`] makes it, to be changed first.
    pub fn seed_api(&self, name: &str) -> SeedApi {
        SeedApi {
            name: name.to_owned(),
            visibility: Visibility::Private,
            strategy: Some(self.strategy),
            auto_approve_registrations: false,
        }
    }

    /// A private API that is published with the portal's default strategy and linked to [`GATEWAY`].
    pub async fn published_api(&self, name: &str) -> ApiId {
        self.publish(self.seed_api(name)).await
    }

    /// An API that is published and linked to [`GATEWAY`].
    pub async fn publish(&self, seed: SeedApi) -> ApiId {
        let now = self.clock.now();
        let id = self.portal.new_id::<ApiId>().expect("an id");
        let slug = Slug::from_name(&seed.name, None).as_str().to_owned();
        let implementation = self.portal.new_id::<ImplementationId>().expect("an id");
        let api = Api {
            id,
            name: seed.name,
            description: None,
            version: None,
            slug: slug.clone(),
            labels: Labels::new(),
            attributes: Attributes::new(),
            current_version: None,
            versions: Default::default(),
            specifications: Vec::new(),
            implementations: vec![Implementation {
                id: implementation,
                gateway: GATEWAY.to_owned(),
                stage: slug.clone(),
                created_at: now,
            }],
            publications: [(self.id(), PublishedIn { strategy: seed.strategy })].into(),
            edition: 1,
            ver: 3,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        let card = Publication {
            portal: self.id(),
            api: id,
            slug: slug.clone(),
            name: api.name.clone(),
            version: None,
            description: None,
            visibility: seed.visibility,
            strategy: seed.strategy,
            auto_approve_registrations: seed.auto_approve_registrations,
            attributes: Attributes::new(),
            current_version: None,
            specifications: Vec::new(),
            edition: 1,
            api_created_at: now,
            api_updated_at: now,
            created_at: now,
            updated_at: now,
        };
        let mut link =
            Link { gateway: GATEWAY.to_owned(), stage: slug.clone(), api: id, implementation, portals: Default::default() };
        if let Some(strategy) = seed.strategy {
            let known: Strategy =
                self.portal.store.find(&Key::strategy(strategy)).await.expect("the store answers").expect("a strategy");
            link.portals.insert(self.id(), LinkedPublication::of(&known));
        }
        let root = Key::api(id);
        let transaction = Transaction::<StoreError>::new()
            .put_new(Item::new(&root, "api", &api).map(|item| item.listed("APIS", now, id)), || taken("the API"))
            .put_new(Item::new(&Key::slug_guard(&slug), "guard", &json!({ "owner": id })), || taken("the slug"))
            .put_new(Item::new(&Key::publication(self.id(), id), "publication", &card), || taken("the publication"))
            .put_new(Item::new(&Key::link(GATEWAY, &slug), "link", &link), || taken("the link"))
            .event(&root, &self.seeded(Name::ApiCreated, json!({ "api": id })))
            .event(&root, &self.seeded(Name::ApiPublished, json!({ "api": id, "portal": self.id() })))
            .event(&root, &self.seeded(Name::ApiLinked, json!({ "api": id, "implementation": implementation })));
        let transaction = match seed.strategy {
            Some(strategy) => {
                transaction.update(Update::of(Key::strategy(strategy)).add("use_count", 1), |_| taken("the strategy"))
            }
            None => transaction,
        };
        transaction.commit(&self.portal.store).await.expect("the API is written");
        self.database.faults().take_calls();
        id
    }

    /// A strategy with API keys in the header `apikey`.
    pub async fn key_strategy(&self, name: &str, ttl: Option<KeyTtl>) -> StrategyId {
        self.strategy_with(name, Method::KeyAuth { key_names: vec![Strategy::DEFAULT_KEY_NAME.to_owned()], ttl }).await
    }

    /// An OpenID Connect strategy.
    pub async fn openid_strategy(&self, name: &str) -> StrategyId {
        let oidc = OpenIdConnect {
            issuer: "https://issuer.example.test".to_owned(),
            credential_claim: vec!["client_id".to_owned()],
            scopes: vec!["openid".to_owned()],
            auth_methods: vec!["bearer".to_owned()],
        };
        self.strategy_with(name, Method::OpenidConnect { oidc }).await
    }

    /// A strategy that nothing uses.
    pub async fn strategy_with(&self, name: &str, method: Method) -> StrategyId {
        let now = self.clock.now();
        let id = self.portal.new_id::<StrategyId>().expect("an id");
        let strategy =
            Strategy { name: name.to_owned(), display_name: name.to_owned(), method, ..Strategy::key_auth_default(id, now) };
        let key = Key::strategy(id);
        let item = Item::new(&key, "strategy", &strategy).map(|item| item.listed(STRATEGIES_LIST, now, id));
        Transaction::<StoreError>::new()
            .put_new(item, || taken("the strategy"))
            .event(&key, &self.seeded(Name::StrategyCreated, json!({ "strategy": id })))
            .commit(&self.portal.store)
            .await
            .expect("the strategy is written");
        self.database.faults().take_calls();
        id
    }
}

fn taken(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} is there already, or gone"))
}
