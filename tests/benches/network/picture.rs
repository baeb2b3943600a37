//! A soak as a picture: latency above, memory below, over the minutes.

use std::path::Path;

use plotters::prelude::*;

use crate::soak::Row;

const SIZE: (u32, u32) = (960, 640);

type Point = (f64, f64);

/// Writes it as SVG.
pub(crate) fn draw(path: &Path, rate: u64, rows: &[Row]) {
    let line = |value: &dyn Fn(&Row) -> f64| -> Vec<Point> {
        let minutes = (1u32..).map(f64::from);
        minutes.zip(rows.iter().map(value)).collect()
    };
    let latency = [
        ("p99", line(&|row| row.p99_ms as f64)),
        ("p50", line(&|row| row.p50_ms as f64)),
    ];
    let memory = [
        ("largest node", line(&|row| row.memory_mib.0 as f64)),
        ("smallest node", line(&|row| row.memory_mib.1 as f64)),
    ];
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE).expect("drawn");
    let halves = area.split_evenly((2, 1));
    let title = format!("submission to final receipt, ms ({rate} deposits in a second)");
    chart(&halves[0], &title, &latency);
    chart(&halves[1], "memory of a node, MiB", &memory);
    area.present().expect("the picture is written");
}

fn chart(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    title: &str,
    lines: &[(&str, Vec<Point>); 2],
) {
    let points = || lines.iter().flat_map(|(_, points)| points);
    let last = points().map(|point| point.0).fold(1.0, f64::max);
    let top = points().map(|point| point.1).fold(1.0, f64::max) * 1.1;
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..last, 0.0..top)
        .expect("axes");
    let mesh = &mut chart.configure_mesh();
    mesh.x_desc("minutes").x_labels(13).light_line_style(WHITE);
    mesh.x_label_formatter(&|minutes| format!("{minutes:.0}"));
    mesh.y_label_formatter(&|value| format!("{value:.0}"));
    mesh.draw().expect("drawn");
    for ((name, points), color) in lines.iter().zip([RED, BLUE]) {
        chart
            .draw_series(LineSeries::new(points.iter().copied(), color))
            .expect("drawn")
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], color));
    }
    let legend = &mut chart.configure_series_labels();
    legend.position(SeriesLabelPosition::LowerRight);
    legend.background_style(WHITE).border_style(BLACK);
    legend.draw().expect("drawn");
}
