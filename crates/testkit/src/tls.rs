//! TLS: self-signed certificates, a client that accepts any certificate, and a server.

use crate::http::{Reply, accept, serve_connection};
use anyhow::Result;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, ServerConfig, ServerConnection, SignatureScheme,
    StreamOwned,
};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// Creates a self-signed certificate for this name, and returns it and its key as PEM.
pub fn certificate_for(name: &str) -> Result<(String, String)> {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()])?;
    Ok((made.cert.pem(), made.signing_key.serialize_pem()))
}

/// Starts a server on 127.0.0.1, which runs until the program exits. `respond` gets the heads of requests.
pub fn serve(
    certificate: &str,
    key: &str,
    respond: impl Fn(&[u8]) -> Reply + Send + Sync + 'static,
) -> Result<SocketAddr> {
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes())?];
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes())?)?;
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        accept(&listener, move |tcp| {
            if let Ok(connection) = ServerConnection::new(Arc::clone(&config)) {
                serve_connection(&mut StreamOwned::new(connection, tcp), &respond);
            }
        });
    });
    Ok(address)
}

/// The client certificate and its key, as PEM: self-signed, valid until 2100.
pub const CLIENT: &str = include_str!("client-certificate.pem");

/// Opens a TLS connection with this SNI and ALPN protocol; with `certified` it presents the client certificate.
pub fn connect(
    address: SocketAddr,
    sni: Option<&str>,
    alpn: &[u8],
    certified: bool,
) -> Result<StreamOwned<ClientConnection, TcpStream>> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate));
    let mut config = if certified {
        let certificate = CertificateDer::from_pem_slice(CLIENT.as_bytes())?;
        config.with_client_auth_cert(vec![certificate], PrivateKeyDer::from_pem_slice(CLIENT.as_bytes())?)?
    } else {
        config.with_no_client_auth()
    };
    config.enable_sni = sni.is_some();
    config.alpn_protocols = vec![alpn.to_vec()];
    let name = ServerName::try_from(sni.unwrap_or("unnamed.example").to_owned())?;
    let mut connection = ClientConnection::new(Arc::new(config), name)?;
    let mut tcp = crate::http::connect(address)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut tcp)?;
    }
    Ok(StreamOwned::new(connection, tcp))
}

/// Accepts any certificate: the tests are about the server name that the client sends.
#[derive(Debug)]
struct AnyCertificate;

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::{CLIENT, CertificateDer, PemObject};

    #[test]
    fn the_digest_in_cases_is_that_of_the_client_certificate() {
        let certificate = CertificateDer::from_pem_slice(CLIENT.as_bytes()).unwrap();
        let digest: String = jose::sha256(&certificate).iter().map(|byte| format!("{byte:02x}")).collect();
        let file = crate::workspace::root().join("tests/cases/token-validation/confirmation.yaml");
        let file = cases::CaseFile::read(&file).unwrap();
        assert_eq!(file.certificates.get("client"), Some(&digest));
    }
}
