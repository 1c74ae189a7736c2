//! Tomcat: cuts path parameters before it decodes, then resolves dot segments.

use super::kind::{Kind, folder, write};
use crate::site::Site;
use anyhow::Result;
use std::path::Path;
use std::process::Command;

pub(super) const KIND: Kind = Kind {
    name: "tomcat",
    setups: &["tomcat", "tomcat that decodes slashes and takes backslashes"],
    install: "apt-get install tomcat10",
    command,
};

const ATTRIBUTES: [&str; 2] = [
    "",
    r#"encodedSolidusHandling="decode" encodedReverseSolidusHandling="decode" allowBackslash="true" relaxedPathChars="\""#,
];

const WEB_XML: &str = r#"<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
  <servlet>
    <servlet-name>default</servlet-name>
    <servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class>
  </servlet>
  <servlet-mapping>
    <servlet-name>default</servlet-name>
    <url-pattern>/</url-pattern>
  </servlet-mapping>
</web-app>
"#;

fn command(site: &Site, ports: &[u16]) -> Result<Option<Command>> {
    let home = Path::new("/usr/share/tomcat10");
    let start = home.join("bin/catalina.sh");
    if !start.is_file() {
        return Ok(None);
    }
    let base = folder(site, "tomcat")?;
    for name in ["conf", "logs", "temp", "work"] {
        std::fs::create_dir_all(base.join(name))?;
    }
    let connectors = ports.iter().zip(ATTRIBUTES).map(|(port, attributes)| {
        format!(
            "<Connector port=\"{port}\" address=\"127.0.0.1\" maxKeepAliveRequests=\"-1\" {attributes}/>\n"
        )
    });
    let server = format!(
        "<Server port=\"-1\">\n<Service name=\"Catalina\">\n{}\
         <Engine name=\"Catalina\" defaultHost=\"localhost\"><Host name=\"localhost\" appBase=\"none\" autoDeploy=\"false\">\n\
         <Context path=\"\" docBase=\"{}\"/>\n</Host></Engine>\n</Service>\n</Server>\n",
        connectors.collect::<String>(),
        site.documents.display()
    );
    write(&base.join("conf"), "server.xml", &server)?;
    write(&base.join("conf"), "web.xml", WEB_XML)?;
    let mut command = Command::new(start);
    command.arg("run").env("CATALINA_HOME", home).env("CATALINA_BASE", &base);
    command.env("JAVA_OPTS", "-Xmx256m -XX:TieredStopAtLevel=1");
    Ok(Some(command))
}
