//! Checks what no compiler checks: the direction of imports, the shape of files, and that the documents tell the truth.
//!
//! One test per rule, named as the rule. A rule that must be broken somewhere has a named exemption with its reason
//! beside the rule, so that whoever adds one has to say why.

mod documents;
mod floors;
mod sources;
mod tree;
