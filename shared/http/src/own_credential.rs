//! The credential that a developer's route names, among those of the application that it names.

use portico_domain::application::Application;
use portico_domain::id::CredentialId;
use portico_store::credentials::StoredCredential;

use crate::portal::Portal;
use crate::problem::Problem;
use crate::request::Request;

impl Portal {
    /// The credential that the path names as `credentialId`. It is a string in the contract (point 22), so that one without the form
    /// of an id is not malformed but unknown.
    ///
    /// # Errors
    /// A 404 if the application has no such credential.
    pub async fn own_credential(&self, request: &Request, application: &Application) -> Result<StoredCredential, Problem> {
        let id: CredentialId = request.parameter("credentialId").parse().map_err(|_| Problem::not_found())?;
        self.store.find_credential(application.card.id, id).await?.ok_or_else(Problem::not_found)
    }
}
