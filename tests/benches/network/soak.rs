//! The same load for hours: is anything lost, does memory grow, do receipts come later and later?
//!
//! A row for each minute, on the terminal and in a file of comma-separated values, and in the end a picture. Minutes
//! count by when a deposit was due.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::arrivals::{Arrival, arrive, quantile};
use crate::picture;
use yilian_tests::harness::Network;

const MINUTE: Duration = Duration::from_secs(60);
/// The share of a run at its beginning and at its end whose memory is compared: caches fill in the first minutes.
const PART: usize = 4;
/// Blocks whose states stay provable, about ten minutes: without a bound the disk of a small machine is full before the
/// end, and a soak should prune for most of its time.
const HISTORY_BLOCKS: u64 = 1_200;

/// What was asked for.
pub(crate) struct Asked {
    /// Arrivals per second.
    pub(crate) rate: u64,
    pub(crate) minutes: u64,
    /// Folder of the rows and the picture.
    pub(crate) out: PathBuf,
}

/// One minute.
#[derive(Default)]
pub(crate) struct Minute {
    times: Vec<Duration>,
    lost: u64,
    asked_again: u64,
    /// Of the node that has most, and of the one that has least, in MiB.
    pub(crate) memory_mib: (u64, u64),
    /// Of the first node, in MiB.
    disk_mib: u64,
    height: u64,
}

/// A minute that is over.
pub(crate) struct Row {
    pub(crate) p50_ms: u128,
    pub(crate) p99_ms: u128,
    pub(crate) memory_mib: (u64, u64),
}

/// Runs it and prints its figures. Fails if a deposit has no final receipt.
pub(crate) fn run(asked: &Asked) {
    let mut network = Network::new();
    for node in &network.nodes {
        node.set("state_history_blocks", HISTORY_BLOCKS);
    }
    network.start_all();
    let (rate, minutes) = (asked.rate, asked.minutes);
    let slots: Vec<Mutex<Minute>> = (0..minutes).map(|_| Mutex::default()).collect();
    let mut rows = Vec::new();
    std::fs::create_dir_all(&asked.out).expect("folder of the rows");
    let mut file = File::create(asked.out.join("soak.csv")).expect("file of the rows");
    let head = "minute,final,lost,asked_again,p50_ms,p99_ms,max_ms,memory_max_mib,memory_min_mib,disk_mib,height";
    writeln!(file, "{head}").expect("written");
    eprintln!("{head}");
    let note = |arrival: Arrival| {
        let place = usize::try_from(arrival.due.as_secs() / MINUTE.as_secs()).unwrap_or(0);
        let mut slot = slots[place].lock().expect("no thread panics");
        slot.asked_again += arrival.asked_again;
        match arrival.lost {
            None => slot.times.push(arrival.took),
            Some(why) => {
                eprintln!("lost: {why}");
                slot.lost += 1;
            }
        }
    };
    let started = Instant::now();
    std::thread::scope(|scope| {
        let load = scope.spawn(|| arrive(&network, rate, rate * minutes * 60, note));
        for (place, slot) in slots.iter().enumerate() {
            let ends = MINUTE * u32::try_from(place + 1).unwrap_or(u32::MAX);
            std::thread::sleep(ends.saturating_sub(started.elapsed()));
            measure(&network, &mut slot.lock().expect("no thread panics"));
            // The one before: the last deposits of this one are still under way.
            if let Some(before) = place.checked_sub(1) {
                rows.push(over(&mut file, before, &slots[before]));
                // Also of a run that is broken off.
                picture::draw(&asked.out.join("soak.svg"), rate, &rows);
            }
        }
        load.join().expect("the load goes on");
    });
    if let Some((last, slot)) = slots.iter().enumerate().next_back() {
        rows.push(over(&mut file, last, slot));
    }
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    network.assert_same_header(&[0, 1, 2, 3], height);
    for node in &mut network.nodes {
        assert!(node.is_running(), "{} ended", node.name);
    }
    picture::draw(&asked.out.join("soak.svg"), rate, &rows);
    report(asked, &slots, &rows);
}

fn measure(network: &Network, minute: &mut Minute) {
    let memory = network.nodes.iter().map(|node| node.memory_mib());
    let (most, least) = memory.fold((0, u64::MAX), |(most, least), one| {
        (most.max(one), least.min(one))
    });
    minute.memory_mib = (most, least);
    minute.disk_mib = bytes_under(&network.nodes[0].folder) >> 20;
    minute.height = network.nodes[0].height();
}

/// Files may come and go meanwhile.
fn bytes_under(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => bytes_under(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.map(size).sum()
}

fn over(file: &mut File, place: usize, slot: &Mutex<Minute>) -> Row {
    let mut minute = slot.lock().expect("no thread panics");
    minute.times.sort_unstable();
    let [p50, p99, max] = [0.50, 0.99, 1.0].map(|share| quantile(&minute.times, share).as_millis());
    let (most, least) = minute.memory_mib;
    let row = format!(
        "{},{},{},{},{p50},{p99},{max},{most},{least},{},{}",
        place + 1,
        minute.times.len(),
        minute.lost,
        minute.asked_again,
        minute.disk_mib,
        minute.height
    );
    writeln!(file, "{row}").expect("written");
    eprintln!("{row}");
    Row {
        p50_ms: p50,
        p99_ms: p99,
        memory_mib: minute.memory_mib,
    }
}

fn report(asked: &Asked, slots: &[Mutex<Minute>], rows: &[Row]) {
    let mut times = Vec::new();
    let (mut lost, mut asked_again) = (0, 0);
    for slot in slots {
        let minute = slot.lock().expect("no thread panics");
        times.extend_from_slice(&minute.times);
        lost += minute.lost;
        asked_again += minute.asked_again;
    }
    times.sort_unstable();
    println!(
        "{} deposits in a second for {} minutes, four validators\n",
        asked.rate, asked.minutes
    );
    println!("{:<58} {:>10}", "final", times.len());
    println!("{:<58} {:>10}", "lost", lost);
    println!("{:<58} {:>10}", "a full node was asked again", asked_again);
    for (name, share) in [("p50", 0.50), ("p99", 0.99), ("max", 1.0)] {
        let label = format!("submission to final receipt, ms, {name}");
        println!("{label:<58} {:>10}", quantile(&times, share).as_millis());
    }
    let part = rows.len() / PART;
    let memory = |rows: &[Row]| {
        let sum: u64 = rows.iter().map(|row| row.memory_mib.0).sum();
        sum as f64 / rows.len().max(1) as f64
    };
    if part > 0 {
        let (second, last) = (&rows[part..2 * part], &rows[rows.len() - part..]);
        let label = "memory of the largest node, MiB, second quarter";
        println!("{label:<58} {:>10.0}", memory(second));
        println!("{:<58} {:>10.0}", "  last quarter", memory(last));
        println!("{:<58} {:>10.2}", "  ratio", memory(last) / memory(second));
    }
    assert_eq!(lost, 0, "deposits have no final receipt");
}
