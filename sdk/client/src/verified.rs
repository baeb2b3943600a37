//! Check what a node answers.
