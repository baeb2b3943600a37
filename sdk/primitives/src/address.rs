//! The short name of a validator key.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};
use yilian_crypto::{Digest, Namespace, PublicKey};

/// First 20 bytes of the namespaced hash of a tagged validator key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "AddressForm", try_from = "AddressForm")]
pub struct Address([u8; 20]);

impl Address {
    /// Length in bytes.
    pub const LENGTH: usize = 20;
    /// No validator: the proposer of genesis.
    pub const NONE: Address = Address([0; 20]);

    /// The address of a key.
    pub fn of(key: &PublicKey) -> Self {
        let hash = Digest::tagged(Namespace::Address, &key.to_tagged());
        let mut bytes = [0; 20];
        bytes.copy_from_slice(&hash.as_bytes()[..20]);
        Address(bytes)
    }

    /// Wraps bytes.
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Address(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut bytes = [0; 20];
        let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        match hex::decode_to_slice(text, &mut bytes) {
            Ok(()) if lower => Ok(Address(bytes)),
            _ => Err(format!(
                "address: expected 40 lower-case hex digits, got {text:?}"
            )),
        }
    }
}

/// Text in every serde format: addresses stand only in small objects.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct AddressForm(String);

impl From<Address> for AddressForm {
    fn from(address: Address) -> Self {
        AddressForm(address.to_string())
    }
}

impl TryFrom<AddressForm> for Address {
    type Error = String;

    fn try_from(form: AddressForm) -> Result<Self, String> {
        form.0.parse()
    }
}
