//! Follow what contracts say, as server-sent events.

use std::io::{BufRead, BufReader};

use serde::Deserialize;
use serde_json::Value;
use ureq::BodyReader;

use crate::ClientError;
use crate::http::{Http, encode};

/// Longest line of a stream that is read, in bytes.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// Which events to follow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only those of this contract.
    pub contract: Option<String>,
    /// From this height on; without it from now on.
    pub from_height: Option<u64>,
    /// After the event of this id (`height.index.event`), to go on where a stream broke.
    pub after: Option<String>,
}

impl EventFilter {
    fn path(&self) -> String {
        let mut path = "/v1/events".to_owned();
        let mut separator = '?';
        if let Some(contract) = &self.contract {
            path.push_str(&format!("{separator}contract={}", encode(contract)));
            separator = '&';
        }
        if let Some(height) = self.from_height {
            path.push_str(&format!("{separator}from_height={height}"));
        }
        path
    }
}

/// An event of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamedEvent {
    /// `height.index.event`: where to go on after it.
    pub id: String,
    /// Kind of message, as the stream names it; empty if it does not.
    pub kind: String,
    /// What it says.
    pub data: Value,
}

/// A stream of events. It blocks until the next one, and ends with the connection.
pub struct EventStream {
    lines: BufReader<BodyReader<'static>>,
    url: String,
}

impl core::fmt::Debug for EventStream {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "EventStream({})", self.url)
    }
}

impl EventStream {
    pub(crate) fn open(http: &Http, filter: &EventFilter) -> Result<Self, ClientError> {
        let path = filter.path();
        let answer = http.stream(&path, filter.after.as_deref())?;
        let body = answer.into_body().into_with_config().limit(u64::MAX);
        Ok(EventStream {
            lines: BufReader::new(body.reader()),
            url: format!("{}{path}", http.base()),
        })
    }

    fn broken(&self, reason: impl core::fmt::Display) -> ClientError {
        ClientError::Network {
            url: self.url.clone(),
            reason: reason.to_string(),
        }
    }

    fn line(&mut self) -> Result<Option<String>, ClientError> {
        match read_line(&mut self.lines) {
            Ok(line) => Ok(line),
            Err(error) => Err(self.broken(error)),
        }
    }

    /// The next event; none when the node closed the stream.
    fn read(&mut self) -> Result<Option<StreamedEvent>, ClientError> {
        let mut fields = Fields::default();
        while let Some(line) = self.line()? {
            if !line.is_empty() {
                fields.take(&line);
            } else if !fields.data.is_empty() {
                return fields.finish(&self.url).map(Some);
            } else {
                // A comment or an empty message keeps the connection alive.
                fields = Fields::default();
            }
        }
        Ok(None)
    }
}

impl Iterator for EventStream {
    type Item = Result<StreamedEvent, ClientError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

fn read_line(lines: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let read = std::io::Read::take(&mut *lines, LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    if line.pop_if(|byte| *byte == b'\n').is_none() && read as u64 == LINE_BYTES_MAX {
        return Err(std::io::Error::other("a line is longer than 1 MiB"));
    }
    line.pop_if(|byte| *byte == b'\r');
    String::from_utf8(line)
        .map(Some)
        .map_err(std::io::Error::other)
}

/// Fields of one message (WHATWG HTML, section 9.2.6).
#[derive(Default)]
struct Fields {
    id: String,
    event: String,
    data: String,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Data(Value);

impl Fields {
    fn take(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "id" => self.id = value.to_owned(),
            "event" => self.event = value.to_owned(),
            "data" => {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            _ => {}
        }
    }

    fn finish(self, url: &str) -> Result<StreamedEvent, ClientError> {
        let Data(data) = serde_json::from_str(&self.data)
            .map_err(|error| ClientError::protocol(url, format!("event data: {error}")))?;
        Ok(StreamedEvent {
            id: self.id,
            kind: self.event,
            data,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_becomes_a_query() {
        let filter = EventFilter {
            contract: Some("tender".to_owned()),
            from_height: Some(7),
            after: None,
        };
        assert_eq!(filter.path(), "/v1/events?contract=tender&from_height=7");
        assert_eq!(EventFilter::default().path(), "/v1/events");
    }

    #[test]
    fn fields_are_read_as_the_standard_says() {
        let mut fields = Fields::default();
        for line in [
            ": ping",
            "id: 7.0.1",
            "event:opened",
            "data: {\"a\":",
            "data: 1}",
        ] {
            fields.take(line);
        }
        let event = fields.finish("x").expect("an event");
        assert_eq!(
            (event.id.as_str(), event.kind.as_str()),
            ("7.0.1", "opened")
        );
        assert_eq!(event.data, serde_json::json!({"a": 1}));
    }
}
