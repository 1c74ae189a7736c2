//! A pod: a process in its own network namespace, which reads commands from standard input.
//!
//! It exits when its input ends, and so with the process that started it.

use crate::bookinfo;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, ErrorKind, Read, Write, stdin};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;
use testkit::envoy::Envoy;
use testkit::http::{self, Request};

/// The variable with the role of a process of this program.
pub const ROLE: &str = "RINGFENCE_KERNEL_ROLE";

/// The time limit of an answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// The outcome of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The connection succeeded.
    Open,
    /// The rules rejected it: the error is that the host is unreachable.
    Denied,
    /// Any other error.
    Lost,
}

/// A pod, seen from the node.
#[derive(Debug)]
pub struct Pod {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Pod {
    /// Starts a pod without a network.
    pub fn start() -> Result<Self> {
        let mut command = Command::new("unshare");
        command.args(["--net", "--"]).arg(std::env::current_exe()?).env(ROLE, "pod");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().context("no output")?);
        let mut pod = Self { child, input, output };
        pod.answer().context("a pod does not start")?;
        Ok(pod)
    }

    /// Returns the process ID, which names the network namespace.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Runs `ip` in the pod.
    pub fn ip(&mut self, arguments: &str) -> Result<()> {
        self.ask(&format!("ip {arguments}")).map(drop)
    }

    /// Listens on these TCP ports, and on UDP port 53.
    pub fn listen(&mut self, ports: &[u16]) -> Result<()> {
        let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
        self.ask(&format!("listen {}", ports.join(" "))).map(drop)
    }

    /// Connects to each of these addresses.
    pub fn connect(&mut self, to: &[SocketAddr]) -> Result<Vec<Outcome>> {
        let to: Vec<String> = to.iter().map(ToString::to_string).collect();
        let answer = self.ask(&format!("connect {}", to.join(" ")))?;
        let outcome = |letter| match letter {
            'o' => Outcome::Open,
            'd' => Outcome::Denied,
            _ => Outcome::Lost,
        };
        Ok(answer.chars().map(outcome).collect())
    }

    /// Sends a datagram to this address, and waits for the reply.
    pub fn datagram(&mut self, to: SocketAddr) -> Result<Outcome> {
        Ok(match self.ask(&format!("datagram {to}"))?.as_str() {
            "o" => Outcome::Open,
            "d" => Outcome::Denied,
            _ => Outcome::Lost,
        })
    }

    /// Sends a request, and returns the status and the sender of the body.
    pub fn get(&mut self, server: SocketAddr, host: &str, path: &str) -> Result<(u16, String)> {
        let answer = self.ask(&format!("get {server} {host} {path}"))?;
        let (status, from) = answer.split_once(' ').context("no status")?;
        Ok((status.parse()?, from.to_owned()))
    }

    /// Starts the gateway's Envoy with this upstream.
    pub fn envoy(&mut self, upstream: SocketAddr) -> Result<()> {
        self.ask(&format!("envoy {upstream}")).map(drop)
    }

    fn ask(&mut self, question: &str) -> Result<String> {
        let input = self.input.as_mut().context("the pod has ended")?;
        writeln!(input, "{question}")?;
        self.answer().with_context(|| question.chars().take(60).collect::<String>())
    }

    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        match line.trim_end_matches('\n').split_once(' ') {
            Some(("ok", answer)) => Ok(answer.to_owned()),
            Some(("error", why)) => bail!("{why}"),
            _ => bail!("the pod has ended"),
        }
    }
}

impl Drop for Pod {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// Runs the process of a pod.
pub fn run() -> Result<()> {
    println!("ok ");
    let mut envoys = Vec::new();
    for line in stdin().lines() {
        let line = line?;
        let (command, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match obey(command, rest, &mut envoys) {
            Ok(answer) => println!("ok {answer}"),
            Err(error) => println!("error {}", format!("{error:#}").replace('\n', " | ")),
        }
    }
    Ok(())
}

fn obey(command: &str, rest: &str, envoys: &mut Vec<Envoy>) -> Result<String> {
    match command {
        "ip" => run_ip(rest)?,
        "listen" => rest.split(' ').try_for_each(|port| listen(port.parse()?))?,
        "connect" => {
            let outcomes = rest.split(' ').map(|to| Ok(connect(to.parse()?)));
            return outcomes.collect::<Result<String>>();
        }
        "datagram" => return Ok(datagram(rest.parse()?)?.to_string()),
        "get" => return get(rest),
        "envoy" => envoys.push(Envoy::start("kernel", &bookinfo::bootstrap(rest.parse()?)?, &[])?),
        _ => bail!("unknown"),
    }
    Ok(String::new())
}

fn run_ip(arguments: &str) -> Result<()> {
    let output = Command::new("ip").args(arguments.split(' ')).output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Responds to every request with 200.
fn listen(port: u16) -> Result<()> {
    let listener =
        TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).with_context(|| format!("port {port}"))?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    if port == bookinfo::DNS {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port))?;
        std::thread::spawn(move || {
            let mut bytes = [0; 512];
            while let Ok((length, client)) = socket.recv_from(&mut bytes) {
                let _ = socket.send_to(&bytes[..length], client);
            }
        });
    }
    Ok(())
}

fn serve(mut stream: TcpStream) {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(read) => head.extend_from_slice(&chunk[..read]),
        }
    }
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\npod");
}

fn connect(to: SocketAddr) -> char {
    letter(TcpStream::connect_timeout(&to, PATIENCE).map(drop))
}

fn datagram(to: SocketAddr) -> Result<char> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let exchange = || {
        socket.connect(to)?;
        socket.send(b"?")?;
        socket.recv(&mut [0; 1])
    };
    Ok(letter(exchange().map(drop)))
}

fn letter(result: std::io::Result<()>) -> char {
    match result {
        Ok(()) => 'o',
        Err(error) if error.kind() == ErrorKind::HostUnreachable => 'd',
        Err(_) => 'l',
    }
}

fn get(question: &str) -> Result<String> {
    let [server, host, path] = question.split(' ').collect::<Vec<_>>()[..] else { bail!("not three words") };
    let request = Request { authority: Some(host.as_bytes().to_vec()), ..Request::get(path) };
    let answer = http::http1(server.parse()?, &request)?;
    let upstream = if answer.body == b"pod" { "pod" } else { "envoy" };
    Ok(format!("{} {upstream}", answer.status))
}
