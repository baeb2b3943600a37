//! The page as HTML.

use core::fmt::Write as _;

use crate::content::{Body, Content};

const STYLE: &str = "@page{size:A4;margin:10mm 12mm}*{box-sizing:border-box}\
body{font-family:'Songti SC','SimSun','Noto Serif CJK SC','Source Han Serif SC','WenQuanYi Zen Hei',serif;color:#1a1a1a;\
max-width:198mm;margin:8mm auto;font-size:9pt;line-height:1.5}\
main{border:3px double #8a1f1f;padding:7mm 9mm;-webkit-box-decoration-break:clone;box-decoration-break:clone}\
section,.code,footer{break-inside:avoid}h1{text-align:center;font-size:22pt;letter-spacing:.6em;margin:0 0 0 .6em}\
.sub{text-align:center;color:#555;margin:0 0 4mm}h2{font-size:10.5pt;color:#8a1f1f;border-bottom:1px solid #d9c7c7;margin:3.2mm 0 1mm}\
table{width:100%;border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.3mm 1.5mm;overflow-wrap:anywhere}\
th{font-weight:normal;color:#666}.name{width:30mm;color:#666}.mark{width:6mm;color:#1b6e3c}.step{width:38mm}\
.code{display:flex;gap:6mm;margin-top:4mm;border-top:1px solid #d9c7c7;padding-top:3mm}.code svg{width:30mm;height:30mm;flex:none}\
p{margin:.3mm 0;overflow-wrap:anywhere}footer{font-size:8pt;color:#555;margin-top:2.5mm}\
@media (max-width:150mm){main{padding:4mm}.name{width:20mm}.step{width:28mm}}\
@media print{body{margin:0;max-width:none;font-size:7.8pt;line-height:1.3}main{padding:3mm 8mm}h1{font-size:18pt}td,th{padding:.1mm 1.5mm}\
h2{font-size:9pt;margin:2mm 0 .6mm}.sub{margin-bottom:2mm}.code{margin-top:2mm;padding-top:2mm}.code svg{width:26mm;height:26mm}\
footer{font-size:7pt;margin-top:1.5mm}}";

pub(crate) fn write(content: &Content) -> String {
    let mut out = String::new();
    let number = escape(&content.number);
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>存证证明 {number}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\n<body><main><h1>存证证明</h1>\
         <p class=\"sub\">Certificate of Evidence　编号 {number}</p>\n"
    );
    for block in &content.blocks {
        let _ = writeln!(out, "<section><h2>{}</h2>", escape(&block.heading));
        body(&mut out, &block.body);
        out.push_str("</section>\n");
    }
    let _ = write!(out, "<div class=\"code\">{}<div>", svg(&content.code));
    for line in &content.code_lines {
        let _ = write!(out, "<p>{}</p>", escape(line));
    }
    out.push_str("</div></div>\n<footer>");
    for line in &content.footer {
        let _ = write!(out, "<p>{}</p>", escape(line));
    }
    out.push_str("</footer></main></body></html>\n");
    out
}

fn body(out: &mut String, body: &Body) {
    match body {
        Body::Fields(fields) => {
            out.push_str("<table>");
            for (name, value) in fields {
                let (name, value) = (escape(name), escape(value));
                let _ = write!(
                    out,
                    "<tr><td class=\"name\">{name}</td><td>{value}</td></tr>"
                );
            }
            out.push_str("</table>");
        }
        Body::Table { head, rows, note } => {
            out.push_str("<table><tr>");
            for name in head {
                let _ = write!(out, "<th>{}</th>", escape(name));
            }
            out.push_str("</tr>");
            for row in rows {
                out.push_str("<tr>");
                for cell in row {
                    let _ = write!(out, "<td>{}</td>", escape(cell));
                }
                out.push_str("</tr>");
            }
            let _ = write!(out, "</table><p>{}</p>", escape(note));
        }
        Body::Steps(steps) => {
            out.push_str("<table>");
            for (proved, name, detail) in steps {
                let mark = if *proved { "✓" } else { "—" };
                let (name, detail) = (escape(name), escape(detail));
                let _ = write!(
                    out,
                    "<tr><td class=\"mark\">{mark}</td><td class=\"step\">{name}</td><td>{detail}</td></tr>"
                );
            }
            out.push_str("</table>");
        }
        Body::Lines(lines) => {
            for line in lines {
                let _ = write!(out, "<p>{}</p>", escape(line));
            }
        }
    }
}

/// The code with the quiet zone of four modules that readers need.
fn svg(code: &[Vec<bool>]) -> String {
    let size = code.len() + 8;
    let mut path = String::new();
    for (y, row) in code.iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, dark)| **dark) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + 4, y + 4);
        }
    }
    format!(
        "<svg viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"二维码\" shape-rendering=\"crispEdges\">\
         <rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>"
    )
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
