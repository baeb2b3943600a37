//! What describes a chain: its specification, its parameters, and the permissions that come with contracts.

use serde::Serialize;
use yilian_chain_spec::{ChainSpec, Parameters, Permission, parse_permissions};
use yilian_primitives::json;

/// A chain specification. What is read is written as a file that is read as the same chain.
pub fn chain_spec(bytes: &[u8]) -> bool {
    let Ok(Ok(spec)) = core::str::from_utf8(bytes).map(ChainSpec::parse) else {
        return false;
    };
    let again = ChainSpec::parse(&spec.to_toml()).expect("reads what it wrote");
    assert_eq!(again, spec);
    assert_eq!(again.digest(), spec.digest());
    assert_eq!(spec.validators().len(), spec.centres.len());
    true
}

/// The file of permissions that contracts bring along.
pub fn permissions(bytes: &[u8]) -> bool {
    #[derive(Serialize)]
    struct Form {
        permission: Vec<Permission>,
    }
    let Ok(Ok(permission)) = core::str::from_utf8(bytes).map(parse_permissions) else {
        return false;
    };
    let form = Form { permission };
    let text = toml::to_string(&form).expect("writes");
    assert_eq!(parse_permissions(&text), Ok(form.permission));
    true
}

/// The parameters as they stand in the state.
pub fn parameters(bytes: &[u8]) -> bool {
    let Ok(parameters) = Parameters::from_json(bytes) else {
        return false;
    };
    let value = json::parse_strict(bytes).expect("parameters are strict JSON");
    let canonical = json::canonical(&value);
    assert_eq!(parameters.to_json(), canonical, "a second form");
    true
}
