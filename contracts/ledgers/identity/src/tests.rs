use yilian_crypto::SecretKey;

use super::*;

const GOVERNOR: &str = "11620000013897179N";
const CENTRE: &str = "12620000224333349J";
const COMPANY: &str = "91110000710926094P";
/// Lawful, though its check character is not the computed one.
const ODD: &str = "91350100M0001TGQXM";

/// A chain as a genesis leaves it: one organisation that governs, one centre.
fn chain() -> testing::TestChain {
    let chain = testing::TestChain::new();
    chain.deploy_ledger(Identity).at(1_000);
    for (code, role) in [(GOVERNOR, "governance"), (CENTRE, "centre")] {
        let organisation = Organisation {
            code: code.to_owned(),
            name: name("甘肃省某机构"),
            roles: vec![role.to_owned()],
            status: OrganisationStatus::Active,
            division: "620000".to_owned(),
        };
        chain.put_state("identity", &format!("organisation/{code}"), &organisation);
    }
    chain.as_caller(GOVERNOR, &["governance"]);
    chain
}

fn name(zh: &str) -> Name {
    Name {
        zh: zh.to_owned(),
        en: String::new(),
    }
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(|&item| item.to_owned()).collect()
}

fn registration(code: &str, roles: &[&str]) -> RegisterOrganisation {
    RegisterOrganisation {
        code: code.to_owned(),
        name: name("兰州某建设有限公司"),
        roles: texts(roles),
        division: Some("620100".to_owned()),
        attestation: None,
    }
}

fn binding(organisation: &str, key: &str) -> BindKey {
    BindKey {
        organisation: organisation.to_owned(),
        key: key.to_owned(),
        label: None,
        certificate: None,
        proof: None,
    }
}

fn call<I: Json, O: Json>(chain: &testing::TestChain, method: &str, args: &I) -> Result<O, u32> {
    chain
        .call("identity", method, args)
        .map_err(|refusal| refusal.code)
}

fn register(chain: &testing::TestChain, args: &RegisterOrganisation) -> Result<Organisation, u32> {
    call(chain, "register_organisation", args)
}

fn key_of(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

#[test]
fn what_the_protocol_reads_is_stored_in_its_form() {
    let chain = chain();
    register(
        &chain,
        &registration(COMPANY, &["tenderer", "bidder", "bidder"]),
    )
    .expect("registered");
    let key = key_of(1).public_key().to_string();
    call::<_, Key>(&chain, "bind_key", &binding(COMPANY, &key)).expect("bound");
    let permission = SetPermission {
        contract: "evidence".to_owned(),
        method: "*".to_owned(),
        roles: texts(&["bidder", "agency"]),
        organisations: texts(&[COMPANY]),
    };
    call::<_, Permission>(&chain, "set_permission", &permission).expect("set");
    let stored = |key: &str| {
        let value = chain.state("identity", key).expect(key);
        yilian_contract::json::to_string(&value)
    };
    assert_eq!(
        stored(&format!("organisation/{COMPANY}")),
        r#"{"code":"91110000710926094P","division":"620100","name":{"en":"","zh":"兰州某建设有限公司"},"roles":["bidder","tenderer"],"status":"active"}"#
    );
    assert_eq!(
        stored(&format!("key/{key}")),
        r#"{"label":"","organisation":"91110000710926094P","status":"active"}"#
    );
    assert_eq!(
        stored("permission/evidence/*"),
        r#"{"organisations":["91110000710926094P"],"roles":["agency","bidder"]}"#
    );
}

#[test]
fn an_organisation_is_registered_once_and_by_a_registrar() {
    let chain = chain();
    register(&chain, &registration(COMPANY, &["bidder"])).expect("registered");
    assert_eq!(
        register(&chain, &registration(COMPANY, &["bidder"])),
        Err(103)
    );
    chain.as_caller(COMPANY, &["bidder"]);
    assert_eq!(register(&chain, &registration(ODD, &[])), Err(100));
}

#[test]
fn a_code_that_fails_its_check_needs_a_registrars_attestation() {
    let chain = chain();
    let mut args = registration(ODD, &["bidder"]);
    let refusal = chain
        .call::<_, Organisation>("identity", "register_organisation", &args)
        .expect_err("unattested");
    assert_eq!((refusal.code, &*refusal.law), (102, "GB 32100-2015"));
    assert!(refusal.detail.contains("would be 1"), "{}", refusal.detail);
    args.attestation = Some("厦门市场监督管理局核发，已核验营业执照".to_owned());
    chain.as_caller(CENTRE, &["centre"]);
    register(&chain, &args).expect("attested");
    let asked = OrganisationCode {
        code: ODD.to_owned(),
    };
    let kept: Option<Attestation> = chain
        .view("identity", "get_attestation", &asked)
        .expect("view");
    assert_eq!(kept.expect("kept").by, CENTRE);
    args.code = "I".repeat(18);
    assert_eq!(register(&chain, &args), Err(101));
    let needless = RegisterOrganisation {
        attestation: Some("不需要".to_owned()),
        ..registration(COMPANY, &[])
    };
    assert_eq!(register(&chain, &needless), Err(107));
}

#[test]
fn a_centre_grants_no_role_of_public_power() {
    let chain = chain();
    chain.as_caller(CENTRE, &["centre"]);
    assert_eq!(
        register(&chain, &registration(COMPANY, &["supervisor"])),
        Err(106)
    );
    assert_eq!(
        register(&chain, &registration(COMPANY, &["boss"])),
        Err(105)
    );
    register(&chain, &registration(COMPANY, &["bidder"])).expect("registered");
    let promotion = UpdateOrganisation {
        code: COMPANY.to_owned(),
        name: name("兰州某建设集团有限公司"),
        roles: texts(&["bidder", "witness"]),
        division: None,
    };
    assert_eq!(
        call::<_, Organisation>(&chain, "update_organisation", &promotion),
        Err(106)
    );
    chain.as_caller(GOVERNOR, &["governance"]);
    let after: Organisation = call(&chain, "update_organisation", &promotion).expect("updated");
    assert_eq!((after.roles.len(), &*after.division), (2, ""));
    chain.as_caller(CENTRE, &["centre"]);
    let demotion = UpdateOrganisation {
        roles: texts(&["bidder"]),
        ..promotion
    };
    assert_eq!(
        call::<_, Organisation>(&chain, "update_organisation", &demotion),
        Err(106)
    );
}

#[test]
fn names_and_divisions_are_checked() {
    let chain = chain();
    for (args, code) in [
        (
            RegisterOrganisation {
                name: name("  "),
                ..registration(COMPANY, &[])
            },
            107,
        ),
        (
            RegisterOrganisation {
                name: name("一\n二"),
                ..registration(COMPANY, &[])
            },
            107,
        ),
        (
            RegisterOrganisation {
                name: name(&"长".repeat(201)),
                ..registration(COMPANY, &[])
            },
            107,
        ),
        (
            RegisterOrganisation {
                division: Some("6201".to_owned()),
                ..registration(COMPANY, &[])
            },
            108,
        ),
    ] {
        assert_eq!(register(&chain, &args), Err(code));
    }
}

#[test]
fn suspension_has_a_reason_and_an_end() {
    let chain = chain();
    register(&chain, &registration(COMPANY, &["bidder"])).expect("registered");
    let mut order = SuspendOrganisation {
        code: COMPANY.to_owned(),
        reason: String::new(),
        basis: Some("甘招监〔2026〕1号".to_owned()),
    };
    let suspend = |order: &SuspendOrganisation| {
        call::<_, Organisation>(&chain, "suspend_organisation", order).map(|after| after.status)
    };
    assert_eq!(suspend(&order), Err(107));
    order.reason = "串通投标调查".to_owned();
    assert_eq!(suspend(&order), Ok(OrganisationStatus::Suspended));
    assert_eq!(suspend(&order), Err(109));
    let asked = OrganisationCode {
        code: COMPANY.to_owned(),
    };
    let why: Option<Suspension> = chain
        .view("identity", "get_suspension", &asked)
        .expect("view");
    assert_eq!(why.expect("kept").since_ms, 1_000);
    let restore = RestoreOrganisation {
        code: COMPANY.to_owned(),
        reason: "调查终结".to_owned(),
    };
    let after: Organisation = call(&chain, "restore_organisation", &restore).expect("restored");
    assert_eq!(after.status, OrganisationStatus::Active);
    assert_eq!(
        call::<_, Organisation>(&chain, "restore_organisation", &restore),
        Err(110)
    );
    order.code = ODD.to_owned();
    assert_eq!(suspend(&order), Err(104));
    chain.as_caller(CENTRE, &["centre"]);
    assert_eq!(suspend(&order), Err(100));
}

#[test]
fn nobody_can_leave_the_chain_without_governance() {
    let chain = chain();
    let order = SuspendOrganisation {
        code: GOVERNOR.to_owned(),
        reason: "误操作".to_owned(),
        basis: None,
    };
    assert_eq!(
        call::<_, Organisation>(&chain, "suspend_organisation", &order),
        Err(116)
    );
    chain.as_caller(CENTRE, &["supervisor"]);
    assert_eq!(
        call::<_, Organisation>(&chain, "suspend_organisation", &order),
        Err(100)
    );
    chain.as_caller(GOVERNOR, &["governance"]);
    let abdication = UpdateOrganisation {
        code: GOVERNOR.to_owned(),
        name: name("某厅"),
        roles: texts(&["supervisor"]),
        division: None,
    };
    assert_eq!(
        call::<_, Organisation>(&chain, "update_organisation", &abdication),
        Err(116)
    );
    let closed = SetPermission {
        contract: "identity".to_owned(),
        method: "set_permission".to_owned(),
        roles: texts(&["centre"]),
        organisations: Vec::new(),
    };
    assert_eq!(
        call::<_, Permission>(&chain, "set_permission", &closed),
        Err(116)
    );
    let key = key_of(1).public_key().to_string();
    call::<_, Key>(&chain, "bind_key", &binding(GOVERNOR, &key)).expect("bound");
    chain.signed_by(&key);
    let revocation = RevokeKey {
        key: key.clone(),
        reason: "轮换".to_owned(),
    };
    assert_eq!(call::<_, Key>(&chain, "revoke_key", &revocation), Err(116));
}

#[test]
fn a_key_is_bound_once_and_revoked_for_ever() {
    let chain = chain();
    register(&chain, &registration(COMPANY, &["bidder"])).expect("registered");
    let key = key_of(1).public_key().to_string();
    let bind = |args: &BindKey| call::<_, Key>(&chain, "bind_key", args);
    assert_eq!(bind(&binding(ODD, &key)).map(drop), Err(104));
    assert_eq!(
        bind(&binding(COMPANY, &key.to_uppercase())).map(drop),
        Err(111)
    );
    bind(&binding(COMPANY, &key)).expect("bound");
    assert_eq!(bind(&binding(CENTRE, &key)).map(drop), Err(112));
    let revocation = RevokeKey {
        key: key.clone(),
        reason: "私钥可能泄露".to_owned(),
    };
    chain.as_caller(COMPANY, &["bidder"]).signed_by(&key);
    let after: Key = call(&chain, "revoke_key", &revocation).expect("an owner may");
    assert_eq!(after.status, KeyStatus::Revoked);
    assert_eq!(
        call::<_, Key>(&chain, "revoke_key", &revocation).map(drop),
        Err(114)
    );
    chain.as_caller(GOVERNOR, &["governance"]);
    assert_eq!(bind(&binding(COMPANY, &key)).map(drop), Err(112));
    let asked = KeyText { key };
    let kept: Option<Binding> = chain.view("identity", "get_binding", &asked).expect("view");
    assert_eq!(
        kept.and_then(|kept| kept.revoked).expect("revoked").by,
        COMPANY
    );
}

#[test]
fn an_organisation_binds_its_own_key_by_proving_that_it_holds_it() {
    let chain = chain();
    register(&chain, &registration(COMPANY, &["bidder"])).expect("registered");
    chain.as_caller(COMPANY, &["bidder"]);
    let secret = key_of(2);
    let mut args = binding(COMPANY, &secret.public_key().to_string());
    let bind =
        |args: &BindKey| call::<_, Key>(&chain, "bind_key", args).map(|key| key.organisation);
    assert_eq!(bind(&args), Err(115));
    let wrong = possession_message("other-chain", COMPANY, &args.key);
    args.proof = Some(secret.sign(wrong.as_bytes()).to_string());
    assert_eq!(bind(&args), Err(115));
    let message = possession_message("test", COMPANY, &args.key);
    args.proof = Some(secret.sign(message.as_bytes()).to_string());
    assert_eq!(bind(&args), Ok(COMPANY.to_owned()));
    assert_eq!(bind(&binding(CENTRE, &args.key)), Err(100));
    chain.as_caller(CENTRE, &["centre"]);
    assert_eq!(
        bind(&binding(GOVERNOR, &key_of(3).public_key().to_string())),
        Err(100)
    );
}

#[test]
fn a_methods_own_permission_goes_before_the_contracts() {
    let chain = chain();
    let mut args = SetPermission {
        contract: "tender".to_owned(),
        method: "*".to_owned(),
        roles: texts(&["agency"]),
        organisations: Vec::new(),
    };
    call::<_, Permission>(&chain, "set_permission", &args).expect("set");
    let ask = |method: &str| -> Option<EffectivePermission> {
        let place = PermissionPlace {
            contract: "tender".to_owned(),
            method: method.to_owned(),
        };
        chain.view("identity", "permission", &place).expect("view")
    };
    assert_eq!(
        ask("publish").map(|found| found.method),
        Some("*".to_owned())
    );
    args.method = "publish".to_owned();
    args.roles = texts(&["tenderer"]);
    call::<_, Permission>(&chain, "set_permission", &args).expect("set");
    assert_eq!(
        ask("publish").map(|found| found.roles),
        Some(texts(&["tenderer"]))
    );
    let place = PermissionPlace {
        contract: "tender".to_owned(),
        method: "publish".to_owned(),
    };
    call::<_, ()>(&chain, "remove_permission", &place).expect("removed");
    assert_eq!(call::<_, ()>(&chain, "remove_permission", &place), Err(118));
    assert_eq!(
        ask("publish").map(|found| found.method),
        Some("*".to_owned())
    );
    for (contract, method, organisation, code) in [
        ("Tender", "*", None, 117),
        ("tender", "a/b", None, 117),
        ("tender", "publish", Some(ODD), 104),
    ] {
        let wrong = SetPermission {
            contract: contract.to_owned(),
            method: method.to_owned(),
            organisations: organisation.into_iter().map(str::to_owned).collect(),
            ..args.clone()
        };
        assert_eq!(
            call::<_, Permission>(&chain, "set_permission", &wrong).map(drop),
            Err(code)
        );
    }
    chain.as_caller(CENTRE, &["centre"]);
    assert_eq!(
        call::<_, Permission>(&chain, "set_permission", &args).map(drop),
        Err(100)
    );
}

#[test]
fn lists_come_in_pages_that_join_without_gap() {
    let chain = chain();
    register(&chain, &registration(COMPANY, &["bidder"])).expect("registered");
    let mut seen = Vec::new();
    let mut args = ListOrganisations {
        limit: Some(1),
        ..ListOrganisations::default()
    };
    loop {
        let page: OrganisationPage = chain
            .view("identity", "list_organisations", &args)
            .expect("view");
        seen.extend(page.organisations.into_iter().map(|one| one.code));
        args.after = page.next;
        if args.after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [GOVERNOR, CENTRE, COMPANY]);
    let bidders = ListOrganisations {
        role: Some("bidder".to_owned()),
        ..ListOrganisations::default()
    };
    let page: OrganisationPage = chain
        .view("identity", "list_organisations", &bidders)
        .expect("view");
    assert_eq!((page.organisations.len(), page.next), (1, None));
    let key = key_of(1).public_key().to_string();
    call::<_, Key>(&chain, "bind_key", &binding(COMPANY, &key)).expect("bound");
    let own = ListKeys {
        organisation: Some(COMPANY.to_owned()),
        ..ListKeys::default()
    };
    let keys: KeyPage = chain.view("identity", "list_keys", &own).expect("view");
    assert_eq!(keys.keys.into_keys().collect::<Vec<_>>(), [key]);
}

#[test]
fn a_change_is_announced_and_a_refused_one_is_not() {
    let chain = chain();
    register(&chain, &registration(COMPANY, &["bidder"])).expect("registered");
    register(&chain, &registration(COMPANY, &["bidder"])).expect_err("twice");
    let events = chain.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].name, "organisation_registered");
}

#[test]
fn a_batch_of_one_time_keys_is_admitted_once_and_for_some_methods() {
    let chain = chain();
    chain.as_caller("91620100MA9000008W", &["trading_system"]);
    let batch = |keys| AdmitKeys {
        batch: Digest32::of(b"keys"),
        keys,
        contract: "tender".to_owned(),
        methods: vec!["commit".to_owned()],
        valid_until_ms: 5_000,
    };
    for keys in [0, 1_000_001] {
        assert_eq!(
            call::<_, Admission>(&chain, "admit_keys", &batch(keys)),
            Err(119)
        );
    }
    let changed = |change: fn(&mut AdmitKeys)| {
        let mut args = batch(10);
        change(&mut args);
        call::<_, Admission>(&chain, "admit_keys", &args)
    };
    assert_eq!(changed(|one| one.methods.clear()), Err(119));
    assert_eq!(changed(|one| one.methods = vec!["*".to_owned()]), Err(119));
    assert_eq!(
        changed(|one| one.methods = vec!["Commit".to_owned()]),
        Err(117)
    );
    assert_eq!(changed(|one| one.valid_until_ms = 1_000), Err(119));
    assert_eq!(changed(|one| one.valid_until_ms = u64::MAX >> 11), Err(119));
    let admitted: Admission = call(&chain, "admit_keys", &batch(10)).unwrap();
    assert_eq!(admitted.issuer, "91620100MA9000008W");
    assert_eq!(
        call::<_, Admission>(&chain, "admit_keys", &batch(10)),
        Err(119)
    );
    let asked = AskAdmission {
        batch: Digest32::of(b"keys"),
    };
    let found: Option<Admission> = chain.view("identity", "get_admission", &asked).unwrap();
    assert_eq!(found, Some(admitted));
}
