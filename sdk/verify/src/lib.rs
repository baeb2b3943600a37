//! Check evidence with no node at hand.
