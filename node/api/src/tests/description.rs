//! The description and the routes say the same.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::openapi::DOCUMENT;
use crate::problem::ApiCode;
use crate::routes::table;

#[test]
fn the_description_names_every_route_and_no_other() {
    let document: Value = serde_json::from_str(DOCUMENT).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            assert!(operation["operationId"].is_string(), "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path}");
            assert!(
                operation["responses"]["default"].is_object(),
                "problems of {path}"
            );
            described.insert((path.clone(), method.clone()));
        }
    }
    let own = |(path, method, _): (&str, &str, _)| (path.replace("{*", "{"), method.to_owned());
    let served: BTreeSet<_> = table().into_iter().map(own).collect();
    assert_eq!(described, served);
}

#[test]
fn the_description_names_the_variables_of_every_path_and_every_schema_it_uses() {
    let document: Value = serde_json::from_str(DOCUMENT).expect("JSON");
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let variables: BTreeSet<&str> = path
            .split('/')
            .filter_map(|s| s.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        for operation in methods.as_object().expect("methods").values() {
            let parameters = operation["parameters"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let named: BTreeSet<String> = parameters
                .iter()
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| parameter["name"].as_str().expect("a name").to_owned())
                .collect();
            let named: BTreeSet<&str> = named.iter().map(String::as_str).collect();
            assert_eq!(named, variables, "{path}");
        }
    }
    for reference in DOCUMENT.split("\"$ref\":").skip(1) {
        let pointer = reference.split('"').nth(1).expect("a reference");
        let pointer = pointer.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
    for code in ApiCode::ALL {
        assert!(
            DOCUMENT.contains(&format!("YL-{}", code as u16)),
            "{code:?}"
        );
    }
}
