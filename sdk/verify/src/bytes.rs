//! Bytes that stand in JSON as base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes; standard base64 with padding in JSON, one spelling per value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub Vec<u8>);

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes(bytes)
    }
}

impl core::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let decoded = STANDARD.decode(text.as_bytes());
        decoded
            .map(Bytes)
            .map_err(|error| serde::de::Error::custom(format!("not base64 with padding: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_one_spelling() {
        let read = |text: &str| serde_json::from_str::<Bytes>(text);
        assert_eq!(read("\"AQI=\"").expect("base64"), Bytes(vec![1, 2]));
        assert_eq!(
            serde_json::to_string(&Bytes(vec![1, 2])).expect("text"),
            "\"AQI=\""
        );
        // Without padding, with bits left over, in the other alphabet, with a space.
        for other in ["\"AQI\"", "\"AQJ=\"", "\"_w==\"", "\"AQI= \""] {
            assert!(read(other).is_err(), "{other}");
        }
    }
}
