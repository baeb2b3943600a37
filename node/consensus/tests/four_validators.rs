//! Four engines over loopback, with a chain in memory.

mod toy;

use std::time::Duration;

use tokio::sync::Mutex;
use toy::{Node, PATIENCE, agree, network, quick, reach};
use yilian_consensus::{ChainError, EngineFailure, StartError, metrics_text};
use yilian_crypto::SecretKey;

/// The tests share the machine's few cores badly; they run one after another.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("YILIAN_TEST_LOG");
    let filter = filter.unwrap_or_else(|_| "off".into());
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_test_writer()
        .try_init();
}

async fn start_all(nodes: &mut [Node]) {
    log();
    for node in nodes {
        node.start().await;
    }
}

async fn stop_all(nodes: &mut [Node]) {
    for node in nodes {
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_validators_decide_twenty_heights_and_tell_where_they_are() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut nodes = network(home.path(), quick());
    start_all(&mut nodes).await;
    reach(&nodes.iter().collect::<Vec<_>>(), 20).await;
    let mut status = nodes[0].handle.as_ref().expect("runs").status();
    let whole = status.wait_for(|s| s.peers == ["centre-1", "centre-2", "centre-3"]);
    let whole = tokio::time::timeout(PATIENCE, whole)
        .await
        .expect("in time");
    assert!(whole.expect("runs").height >= 20);
    assert!(metrics_text().contains("centre-0"));
    stop_all(&mut nodes).await;
    agree(&nodes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_was_away_catches_up_and_takes_part_again() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut nodes = network(home.path(), quick());
    start_all(&mut nodes).await;
    reach(&nodes.iter().collect::<Vec<_>>(), 5).await;
    nodes[3].stop().await;
    let left = nodes[3].tip();
    reach(&nodes[..3].iter().collect::<Vec<_>>(), left + 10).await;
    assert_eq!(nodes[3].tip(), left);
    let reached = nodes[0].tip();
    nodes[3].start().await;
    reach(&[&nodes[3]], reached).await;
    assert!(nodes[3].toy.disk().synced > 0);
    let built = nodes[3].toy.disk().built;
    let further = nodes[0].tip() + 12;
    reach(&nodes.iter().collect::<Vec<_>>(), further).await;
    assert!(nodes[3].toy.disk().built > built, "it proposes again");
    stop_all(&mut nodes).await;
    agree(&nodes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_halted_chain_goes_on_when_one_that_was_far_behind_returns() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut nodes = network(home.path(), quick());
    start_all(&mut nodes).await;
    reach(&nodes.iter().collect::<Vec<_>>(), 3).await;
    nodes[3].stop().await;
    let ahead = nodes[0].tip() + 10;
    reach(&nodes[..3].iter().collect::<Vec<_>>(), ahead).await;
    nodes[2].stop().await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    let halted = nodes[0].tip().max(nodes[1].tip());
    nodes[3].start().await;
    let goal = halted + 5;
    reach(&[&nodes[0], &nodes[1], &nodes[3]], goal).await;
    nodes[2].start().await;
    reach(&nodes.iter().collect::<Vec<_>>(), goal).await;
    stop_all(&mut nodes).await;
    agree(&nodes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_proposal_is_outvoted() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut nodes = network(home.path(), quick());
    nodes[2].toy.disk().lies = true;
    start_all(&mut nodes).await;
    reach(&nodes[..2].iter().collect::<Vec<_>>(), 12).await;
    stop_all(&mut nodes).await;
    agree(&nodes);
    assert!(nodes[2].toy.disk().built > 0);
    assert!(nodes[0].toy.disk().refused > 0);
    let rounds: Vec<_> = nodes[0]
        .toy
        .disk()
        .decided
        .iter()
        .map(|(_, c)| c.round)
        .collect();
    assert!(rounds.iter().any(|round| *round > 0), "{rounds:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_stop_at_once_and_go_on_where_they_were() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut nodes = network(home.path(), quick());
    start_all(&mut nodes).await;
    for goal in [4, 8, 12] {
        reach(&nodes.iter().collect::<Vec<_>>(), goal).await;
        stop_all(&mut nodes).await;
        agree(&nodes);
        start_all(&mut nodes).await;
    }
    stop_all(&mut nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_restarts_again_and_again_signs_nothing_twice() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut nodes = network(home.path(), quick());
    start_all(&mut nodes).await;
    for pause in [0, 30, 60, 90, 120, 150] {
        let goal = nodes[0].tip() + 2;
        reach(&nodes.iter().collect::<Vec<_>>(), goal).await;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        nodes[2].stop().await;
        nodes[2].start().await;
    }
    let goal = nodes[0].tip() + 4;
    reach(&nodes.iter().collect::<Vec<_>>(), goal).await;
    stop_all(&mut nodes).await;
    agree(&nodes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_block_that_was_lost_before_its_commit_is_fetched_from_a_peer() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut nodes = network(home.path(), quick());
    nodes[1].toy.disk().loses = Some(5);
    start_all(&mut nodes).await;
    reach(&nodes.iter().collect::<Vec<_>>(), 12).await;
    assert!(nodes[1].toy.disk().synced > 0);
    stop_all(&mut nodes).await;
    agree(&nodes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_whose_clock_is_wrong_follows_the_others() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut nodes = network(home.path(), quick());
    nodes[3].toy.disk().wrong_clock = true;
    start_all(&mut nodes).await;
    reach(&nodes.iter().collect::<Vec<_>>(), 10).await;
    nodes[3].toy.disk().wrong_clock = false;
    let goal = nodes[0].tip() + 8;
    reach(&nodes.iter().collect::<Vec<_>>(), goal).await;
    assert!(nodes[3].toy.disk().refused > 0);
    stop_all(&mut nodes).await;
    agree(&nodes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_gets_nothing() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut nodes = network(home.path(), quick());
    let mut stranger = network(home.path(), quick()).swap_remove(0);
    let others = &nodes[0].config.peers;
    stranger.config.secret_key = SecretKey::from_seed([99; 32]);
    stranger.config.moniker = "stranger".to_owned();
    stranger.config.home = home.path().join("stranger");
    stranger.config.peers = others.clone();
    start_all(&mut nodes).await;
    stranger.start().await;
    reach(&nodes.iter().collect::<Vec<_>>(), 10).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(stranger.tip(), 0);
    stranger.stop().await;
    stop_all(&mut nodes).await;
    agree(&nodes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_log_is_told_apart_from_what_a_restart_mends() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut nodes = network(home.path(), quick());
    start_all(&mut nodes).await;
    reach(&nodes.iter().collect::<Vec<_>>(), 3).await;
    // Without a quorum the height stays open, and its log grows.
    nodes[3].stop().await;
    nodes[2].stop().await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    nodes[0].stop().await;
    let log = nodes[0].config.home.join("consensus.wal");
    let mut bytes = std::fs::read(&log).expect("a log");
    let place = bytes.len() - 5;
    bytes[place] ^= 0xff;
    std::fs::write(&log, bytes).expect("written");
    nodes[0].start().await;
    let failed = nodes[0].handle.as_ref().expect("runs").failed();
    let failed = tokio::time::timeout(PATIENCE, failed)
        .await
        .expect("in time");
    assert!(matches!(failed, EngineFailure::Safety { .. }), "{failed:?}");
    nodes[0].stop().await;
    nodes[1].stop().await;
    agree(&nodes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocks_of_megabytes_travel_in_parts() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut nodes = network(home.path(), quick());
    for node in &nodes {
        node.toy.disk().padding = 3 << 20;
    }
    start_all(&mut nodes).await;
    reach(&nodes.iter().collect::<Vec<_>>(), 5).await;
    stop_all(&mut nodes).await;
    agree(&nodes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_work_there_are_few_blocks_and_a_ring_makes_one_at_once() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut timing = quick();
    timing.idle_interval = Duration::from_secs(30);
    let mut nodes = network(home.path(), timing);
    for node in &nodes {
        node.toy.disk().has_work = false;
    }
    start_all(&mut nodes).await;
    reach(&nodes.iter().collect::<Vec<_>>(), 1).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let idle = nodes[0].tip();
    assert!(idle <= 2, "{idle} blocks without work");
    // One node has work. The others hear of it only by what it sends.
    let began = std::time::Instant::now();
    nodes[1].toy.disk().has_work = true;
    nodes[1].config.wake.notify_one();
    reach(&nodes.iter().collect::<Vec<_>>(), idle + 3).await;
    assert!(
        began.elapsed() < Duration::from_secs(25),
        "{:?}",
        began.elapsed()
    );
    stop_all(&mut nodes).await;
    agree(&nodes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_of_the_chain_stops_its_node_and_no_other() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let mut nodes = network(home.path(), quick());
    nodes[1].toy.disk().fails_from = Some(4);
    start_all(&mut nodes).await;
    let failed = nodes[1].handle.as_ref().expect("runs").failed();
    let failed = tokio::time::timeout(PATIENCE, failed)
        .await
        .expect("in time");
    assert_eq!(
        failed,
        EngineFailure::Chain(ChainError::new("the disk is full"))
    );
    assert_eq!(nodes[1].tip(), 3);
    reach(&[&nodes[0], &nodes[2], &nodes[3]], 8).await;
    stop_all(&mut nodes).await;
    agree(&nodes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_work_is_refused_at_the_start() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let home = tempfile::tempdir().expect("a directory");
    let nodes = network(home.path(), quick());
    let start = async |config| {
        yilian_consensus::start(config, nodes[0].toy.clone())
            .await
            .err()
    };
    let mut config = nodes[0].config.clone();
    config.listen = "127.0.0.1:27000".to_owned();
    assert!(matches!(
        start(config).await,
        Some(StartError::Address { .. })
    ));
    let mut config = nodes[0].config.clone();
    config.peers.push(config.peers[0].clone());
    assert!(matches!(start(config).await, Some(StartError::Peer { .. })));
    let mut config = nodes[0].config.clone();
    config.peers[0].public_key = config.secret_key.public_key();
    assert!(matches!(start(config).await, Some(StartError::Peer { .. })));
}
