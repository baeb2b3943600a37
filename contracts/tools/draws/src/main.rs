//! Draws a million times and prints chi-square tests: each index in first place, each index drawn, each pair drawn.

use std::thread;

use draws::{draw, input, list};
use statrs::distribution::{ChiSquared, ContinuousCDF};
use yilian_contract::sha256;

/// Entries of the list, and seats.
const LENGTH: usize = 25;
const SEATS: usize = 5;
/// Draws, unless another number is given.
const DRAWS: u64 = 1_000_000;
/// Entry that is recused: it must never be drawn.
const RECUSED: usize = 11;

struct Counts {
    first: Vec<u64>,
    drawn: Vec<u64>,
    pairs: Vec<Vec<u64>>,
}

impl Counts {
    fn none() -> Self {
        Counts {
            first: vec![0; LENGTH],
            drawn: vec![0; LENGTH],
            pairs: vec![vec![0; LENGTH]; LENGTH],
        }
    }

    fn add(&mut self, other: &Counts) {
        let both = |a: &mut Vec<u64>, b: &Vec<u64>| a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        both(&mut self.first, &other.first);
        both(&mut self.drawn, &other.drawn);
        for (a, b) in self.pairs.iter_mut().zip(&other.pairs) {
            both(a, b);
        }
    }
}

/// Seeds count up; the identity stays, so that nothing else varies.
fn count(from: u64, to: u64) -> Counts {
    let mut counts = Counts::none();
    for number in from..to {
        let seed = sha256(&number.to_be_bytes());
        let list = list(&[LENGTH], SEATS as u32, &[RECUSED], false);
        let result = draw(input("draw:uniformity:1", seed, list));
        let drawn: Vec<usize> = result.orders[0].order[..SEATS]
            .iter()
            .map(|index| *index as usize)
            .collect();
        counts.first[drawn[0]] += 1;
        for (place, a) in drawn.iter().enumerate() {
            counts.drawn[*a] += 1;
            for b in &drawn[place + 1..] {
                counts.pairs[*a.min(b)][*a.max(b)] += 1;
            }
        }
    }
    counts
}

/// Prints a statistic with its p-value; whether it is plausible.
fn judge(name: &str, counts: usize, statistic: f64, freedom: usize) -> bool {
    let p = match ChiSquared::new(freedom as f64) {
        Ok(distribution) => distribution.sf(statistic),
        Err(_) => 0.0,
    };
    println!("{name:<26} {counts:>4} {statistic:>12.2} {freedom:>8} {p:>10.4}");
    // Both tails: counts that are too even are as wrong as counts that are not.
    p > 0.0001 && p < 0.9999
}

/// Counts that should be equal. `shrink` is the factor by which those of draws without replacement vary less than
/// independent ones.
fn equal(name: &str, counts: &[u64], shrink: f64) -> bool {
    let total: u64 = counts.iter().sum();
    let expected = total as f64 / counts.len() as f64;
    let squares = counts
        .iter()
        .map(|count| (*count as f64 - expected).powi(2));
    let statistic = squares.sum::<f64>() / expected / shrink;
    judge(name, counts.len(), statistic, counts.len() - 1)
}

/// Counts of all pairs of `n` indices in draws of `k`. Pairs overlap, so their counts depend on one another; the covariance
/// is that of the Johnson scheme J(n, 2), whose two eigenspaces are tested together with their own variances.
fn pairs_equal(counts: &[Vec<u64>], draws: f64, k: f64) -> bool {
    let n = counts.len();
    let size = n as f64;
    let p2 = k * (k - 1.0) / (size * (size - 1.0));
    let p3 = p2 * (k - 2.0) / (size - 2.0);
    let p4 = p3 * (k - 3.0) / (size - 3.0);
    let of_indices = draws * (p2 + (size - 4.0) * p3 + (3.0 - size) * p4);
    let of_rest = draws * (p2 - 2.0 * p3 + p4);
    let deviation = |a: usize, b: usize| counts[a.min(b)][a.max(b)] as f64 - draws * p2;
    let sums: Vec<f64> = (0..n)
        .map(|a| (0..n).filter(|b| *b != a).map(|b| deviation(a, b)).sum())
        .collect();
    let mut statistic = 0.0;
    for a in 0..n {
        for b in a + 1..n {
            let explained = (sums[a] + sums[b]) / (size - 2.0);
            let rest = deviation(a, b) - explained;
            statistic += explained.powi(2) / of_indices + rest.powi(2) / of_rest;
        }
    }
    let all = n * (n - 1) / 2;
    judge("drawn together, each pair", all, statistic, all - 1)
}

fn main() {
    let draws = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let draws = draws.unwrap_or(DRAWS);
    let half = draws / 2;
    let mut counts = Counts::none();
    thread::scope(|scope| {
        let parts = [(0, half), (half, draws)];
        let threads = parts.map(|(from, to)| scope.spawn(move || count(from, to)));
        for thread in threads {
            match thread.join() {
                Ok(part) => counts.add(&part),
                Err(_) => std::process::exit(1),
            }
        }
    });
    let eligible: Vec<usize> = (0..LENGTH).filter(|index| *index != RECUSED).collect();
    let of = |all: &[u64]| eligible.iter().map(|index| all[*index]).collect::<Vec<_>>();
    let pairs: Vec<Vec<u64>> = eligible.iter().map(|a| of(&counts.pairs[*a])).collect();
    let (n, k) = (eligible.len() as f64, SEATS as f64);
    println!("{draws} draws of {SEATS} from {LENGTH}, one of them recused");
    println!(
        "{:<26} {:>4} {:>12} {:>8} {:>10}",
        "", "n", "chi-square", "freedom", "p"
    );
    let sound = [
        equal("first place, each index", &of(&counts.first), 1.0),
        equal("drawn, each index", &of(&counts.drawn), (n - k) / (n - 1.0)),
        pairs_equal(&pairs, draws as f64, k),
    ];
    println!(
        "the recused index was drawn {} times",
        counts.drawn[RECUSED]
    );
    if sound.contains(&false) || counts.drawn[RECUSED] > 0 {
        println!("NOT uniform");
        std::process::exit(1);
    }
}
