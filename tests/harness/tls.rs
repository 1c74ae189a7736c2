//! TLS: certificates of the tests' own, a client that takes any, and a server.

use anyhow::Result;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, ServerConfig, ServerConnection, SignatureScheme,
    StreamOwned,
};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// A certificate for any name, and its key, as PEM.
///
/// # Errors
/// Where none can be made.
pub fn certificate() -> Result<(String, String)> {
    certificate_for("shop.example.com")
}

/// A certificate for this name, which is its own authority, and its key, as PEM.
///
/// # Errors
/// Where none can be made.
pub fn certificate_for(name: &str) -> Result<(String, String)> {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()])?;
    Ok((made.cert.pem(), made.signing_key.serialize_pem()))
}

/// Starts a server on loopback that gives each request, one a connection, the bytes that `answer` makes of its head; it
/// runs until the program ends.
///
/// # Errors
/// Where the certificate or its key cannot be used.
pub fn serve(
    certificate: &str,
    key: &str,
    answer: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static,
) -> Result<SocketAddr> {
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes())?];
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes())?)?;
    let (config, answer) = (Arc::new(config), Arc::new(answer));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let (config, answer) = (Arc::clone(&config), Arc::clone(&answer));
            std::thread::spawn(move || {
                let mut stream = StreamOwned::new(ServerConnection::new(config)?, tcp);
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") {
                    stream.read_exact(&mut byte)?;
                    head.push(byte[0]);
                }
                stream.write_all(&answer(&head))?;
                stream.conn.send_close_notify();
                stream.flush()?;
                anyhow::Ok(())
            });
        }
    });
    Ok(address)
}

/// The client's certificate and its key, as PEM. It signed itself and ends in 2100.
pub const CLIENT: &str = include_str!("client-certificate.pem");

/// A TLS connection to `address` that asks for the server name, if there is one, and for the protocol; `certified`:
/// with the client's certificate.
///
/// # Errors
/// Where the handshake fails.
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
    let mut tcp = crate::client::connect(address)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut tcp)?;
    }
    Ok(StreamOwned::new(connection, tcp))
}

/// What is tested is the server name that a client sends, not the certificate that it gets.
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
    fn case_files_name_the_digest_of_the_certificate() {
        let certificate = CertificateDer::from_pem_slice(CLIENT.as_bytes()).unwrap();
        let digest: String = jose::sha256(&certificate).iter().map(|byte| format!("{byte:02x}")).collect();
        let file = crate::root().join("tests/cases/token-validation/confirmation.yaml");
        let file = cases::CaseFile::read(&file).unwrap();
        assert_eq!(file.certificates.get("client"), Some(&digest));
    }
}
