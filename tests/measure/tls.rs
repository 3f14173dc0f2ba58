//! The table behind TLS, as on AWS: a certificate that is made for this measurement, and a socket that passes on what is said behind it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What functions believe on AWS.
const ROOTS: [&str; 5] =
    ["amazon-root-ca-1", "amazon-root-ca-2", "amazon-root-ca-3", "amazon-root-ca-4", "starfield-services-root-g2"];

/// An endpoint with TLS.
pub(crate) struct Tls {
    /// `https://…`
    pub(crate) endpoint: String,
    /// What a client believes: the authorities of AWS, and the one of this measurement.
    pub(crate) believed: PathBuf,
    /// How many they are.
    pub(crate) certificates: usize,
}

impl Tls {
    /// In front of an endpoint without TLS, with its files in a folder.
    pub(crate) async fn before(plain: &str, folder: &Path, root: &Path) -> Self {
        openssl(
            folder,
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=measure -days 2 -keyout ca.key -out ca.pem",
        );
        openssl(
            folder,
            "req -x509 -CA ca.pem -CAkey ca.key -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2 \
             -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE -keyout own.key -out own.pem",
        );
        let roots = ROOTS.map(|name| root.join(format!("shared/aws/roots/{name}.pem")));
        let amazon: String = roots.map(|path| std::fs::read_to_string(path).expect("a certificate")).concat();
        let own = std::fs::read_to_string(folder.join("ca.pem")).expect("openssl wrote it");
        let believed = folder.join("believed.pem");
        std::fs::write(&believed, format!("{amazon}{own}")).expect("the folder can be written");
        let chain: Vec<_> = CertificateDer::pem_file_iter(folder.join("own.pem"))
            .expect("a file")
            .collect::<Result<_, _>>()
            .expect("certificates");
        let key = PrivateKeyDer::from_pem_file(folder.join("own.key")).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has them")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("the key is the certificate's");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let behind = plain.trim_start_matches("http://").to_owned();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                tokio::spawn(async move {
                    let _ = pass_on(&acceptor, socket, &behind).await;
                });
            }
        });
        let certificates = ROOTS.len() + 1;
        Self { endpoint: format!("https://localhost:{port}"), believed, certificates }
    }
}

/// Passes on both ways. Nothing waits for more to be sent with it: now and then an answer would come 40 ms late.
async fn pass_on(acceptor: &TlsAcceptor, socket: TcpStream, behind: &str) -> std::io::Result<()> {
    let mut server = TcpStream::connect(behind).await?;
    server.set_nodelay(true)?;
    socket.set_nodelay(true)?;
    let mut client = acceptor.accept(socket).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

fn openssl(folder: &Path, arguments: &str) {
    let made = Command::new("openssl").args(arguments.split_whitespace()).current_dir(folder).output().expect("openssl is there");
    assert!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
}
