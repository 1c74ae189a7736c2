//! The fields of a ServiceGraph. Its reader checks which of them are required, so that it reports all that are missing.

use super::objects;
use crate::model::Labels;

objects! {
    /// `ringfence.dev/v1alpha1` ServiceGraph.
    ServiceGraph {
        mesh: Option<Mesh>,
        dns: Dns,
        monitoring: Option<Pods>,
        gateways: Vec<Gateway>,
        services: Option<Vec<Service>>,
        external: Vec<External>,
    }
    Mesh {
        kind: Option<String>,
        control_plane_namespace: Option<String>,
        control_plane_selector: Option<Labels>,
    }
    Dns {
        namespace: Option<String>,
        selector: Option<Labels>,
        addresses: Vec<String>,
        ports: Option<Vec<i64>>,
    }
    Pods { namespace: Option<String>, selector: Option<Labels> }
    Gateway {
        name: Option<String>,
        namespace: Option<String>,
        selector: Option<Labels>,
        ports: Option<Vec<i64>>,
    }
    Service {
        name: Option<String>,
        namespace: Option<String>,
        selector: Option<Labels>,
        ports: Option<Vec<i64>>,
        from: Vec<String>,
    }
    External {
        name: Option<String>,
        cidr: Option<String>,
        except: Vec<String>,
        ports: Option<Vec<i64>>,
        from: Option<Vec<String>>,
    }
}
