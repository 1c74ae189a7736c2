//! Connections.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a client waits for one read or write.
const IO_TIMEOUT: Duration = Duration::from_secs(10);

/// A plaintext or TLS connection.
pub trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// Opens a TCP connection to `address`.
pub fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(IO_TIMEOUT))?;
    stream.set_write_timeout(Some(IO_TIMEOUT))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
