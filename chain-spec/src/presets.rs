//! Specifications to begin from.
//!
//! A template has everything but what only the centres themselves know: their keys, and for a real province their
//! organisations and addresses. The function of the same name fills it.

use yilian_crypto::PublicKey;

use crate::{ChainSpec, SpecError};

/// What a centre brings to the key ceremony of a province.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Unified social credit code of the organisation that runs the centre.
    pub organisation: String,
    /// Key that its validator votes with.
    pub key: PublicKey,
    /// Where its consensus engine listens.
    pub p2p: String,
    /// Where its transaction pool listens.
    pub mempool: String,
}

/// The text of the local template: four centres on one machine.
pub const fn local_template() -> &'static str {
    include_str!("../presets/local.toml")
}

/// The text of the Gansu template: the provincial centre, 14 cities and prefectures, and Lanzhou New Area.
pub const fn gansu_template() -> &'static str {
    include_str!("../presets/gansu.toml")
}

/// Four centres (Lanzhou, Baiyin, Zhangye, Qingyang) on one machine, chain id `yilian-local`.
///
/// `key` gives the validator key of a centre by its name. Organisations are there, without keys; contracts and their
/// permissions are for the caller to add, because their hashes come from the build. The caller checks at the end.
pub fn local(mut key: impl FnMut(&str) -> PublicKey) -> ChainSpec {
    let fill = |name: &str, centre: &mut toml::Table| {
        centre.insert("key".to_owned(), key(name).to_string().into());
    };
    filled(local_template(), fill).expect("the embedded template is complete but for its keys")
}

/// The sixteen centres of Gansu with what they brought to the ceremony, by their names.
///
/// Each seat's organisation is registered with the role of a centre and the centre's name and division.
pub fn gansu(mut seat: impl FnMut(&str) -> Seat) -> Result<ChainSpec, SpecError> {
    let fill = |name: &str, centre: &mut toml::Table| {
        let seat = seat(name);
        centre.insert("organisation".to_owned(), seat.organisation.into());
        centre.insert("key".to_owned(), seat.key.to_string().into());
        centre.insert("p2p".to_owned(), seat.p2p.into());
        centre.insert("mempool".to_owned(), seat.mempool.into());
    };
    let mut spec = filled(gansu_template(), fill)?;
    for centre in &spec.centres {
        let mut organisation = crate::Organisation::new(
            &centre.organisation,
            format!("{}公共资源交易中心", centre.zh),
            format!("Public Resource Trading Centre of {}", centre.en),
            [crate::Role::Centre],
        );
        organisation.division.clone_from(&centre.division);
        spec.organisations.push(organisation);
    }
    spec.check()?;
    Ok(spec)
}

/// Fills each centre of a template; what comes out has the right form and is not yet checked.
fn filled(
    template: &str,
    mut fill: impl FnMut(&str, &mut toml::Table),
) -> Result<ChainSpec, SpecError> {
    let broken = |error: toml::de::Error| SpecError::new("", "a template", error.message());
    let mut table: toml::Table = toml::from_str(template).map_err(broken)?;
    let centres = table.get_mut("centre").and_then(toml::Value::as_array_mut);
    for centre in centres
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_table_mut)
    {
        let name = centre
            .get("name")
            .and_then(toml::Value::as_str)
            .unwrap_or_default()
            .to_owned();
        fill(&name, centre);
    }
    ChainSpec::deserialize_table(table).map_err(broken)
}

impl ChainSpec {
    fn deserialize_table(table: toml::Table) -> Result<Self, toml::de::Error> {
        serde::Deserialize::deserialize(toml::Value::Table(table))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yilian_crypto::{Digest, SecretKey};

    fn key(name: &str) -> PublicKey {
        SecretKey::from_seed(*Digest::sha256(name.as_bytes()).as_bytes()).public_key()
    }

    fn seat(name: &str) -> Seat {
        // Sixteen codes of the right form: the check character is found by trying.
        let body = format!(
            "12620000MB{:0>7}",
            name.bytes()
                .fold(0, |sum, byte| (sum * 31 + u32::from(byte)) % 9_999_991)
        );
        let code = "0123456789ABCDEFGHJKLMNPQRTUWXY"
            .chars()
            .map(|check| format!("{body}{check}"));
        Seat {
            organisation: code
                .filter(|code| crate::check_organisation_code(code).is_ok())
                .collect(),
            key: key(name),
            p2p: format!("/dns/{name}.example/tcp/27000"),
            mempool: format!("/dns/{name}.example/tcp/27100"),
        }
    }

    #[test]
    fn the_local_preset_needs_nothing_but_keys() {
        let spec = local(key);
        assert_eq!(spec.check(), Ok(()));
        assert_eq!(spec.parameters, crate::Parameters::default());
        let names: Vec<_> = spec
            .centres
            .iter()
            .map(|centre| centre.name.as_str())
            .collect();
        assert_eq!(names, ["lanzhou", "baiyin", "zhangye", "qingyang"]);
        assert_eq!(
            (spec.validators().len(), spec.validators().fault_bound()),
            (4, 1)
        );
    }

    #[test]
    fn a_specification_survives_its_own_file() {
        let spec = local(key);
        let again = ChainSpec::parse(&spec.to_toml()).expect("reads");
        assert_eq!(again, spec);
        assert_eq!(again.digest(), spec.digest());
    }

    #[test]
    fn gansu_has_sixteen_centres_and_bears_five_faults() {
        let spec = gansu(seat).expect("a full ceremony");
        assert_eq!(
            (spec.centres.len(), spec.validators().fault_bound()),
            (16, 5)
        );
        assert!(spec.validators().is_quorum(11) && !spec.validators().is_quorum(10));
        assert!(
            spec.centre("lanzhou-new-area")
                .is_some_and(|centre| centre.zh == "兰州新区")
        );
        assert_eq!(ChainSpec::parse(&spec.to_toml()), Ok(spec));
    }

    #[test]
    fn a_template_is_no_specification() {
        for template in [local_template(), gansu_template()] {
            let error = ChainSpec::parse(template).expect_err("unfilled");
            assert!(
                error.line > 30 && error.field.starts_with("centre[0]."),
                "{error}"
            );
            assert!(error.expected.contains("ceremony is missing"), "{error}");
        }
    }
}
