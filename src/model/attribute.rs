//! Attributes: what may be seen of a person.

/// Something of a person that histories, cells and measures may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// `process.quantity`.
    pub name: &'static str,
    /// Its unit; for a coded state the codes.
    pub unit: &'static str,
    /// What it is, for the guide and for Arrow metadata.
    pub about: &'static str,
}
