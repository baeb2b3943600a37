//! Keep the steps of a tender, and refuse those the law forbids.
