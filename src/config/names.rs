//! The nearest valid name to a wrong one.

/// How many names a help text lists at most.
const LISTED: usize = 12;

/// The valid name a wrong one probably meant: at most a third of its letters differ.
///
/// ```
/// use livslop::config::names::nearest;
/// assert_eq!(nearest("slop", ["slope", "level"]), Some("slope"));
/// assert_eq!(nearest("weather", ["slope", "level"]), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = name.chars().count();
    let wanted = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let allowed = letters.max(candidate.chars().count()).div_ceil(3);
            (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), allowed, candidate)
        })
        .filter(|(distance, allowed, _)| distance <= allowed)
        .min_by_key(|&(distance, _, _)| distance)
        .map(|(_, _, candidate)| candidate)
}

/// Help for a wrong name: the nearest valid one, or those it is the beginning of, or else what is valid.
///
/// Of names in two parts, the first of which is right, only the second is looked at: half a name alike is no likeness.
///
/// ```
/// use livslop::config::names::did_you_mean;
/// assert_eq!(did_you_mean("smoking.quitting", ["smoking.starting", "moves.rate"]), "expected `smoking.starting`");
/// assert_eq!(did_you_mean("level", ["level_1", "level_2"]), "did you mean `level_1` or `level_2`?");
/// assert_eq!(did_you_mean("slop", ["slope", "level"]), "did you mean `slope`?");
/// assert_eq!(did_you_mean("weather", ["slope", "level"]), "expected one of `slope`, `level`");
/// ```
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let mut candidates: Vec<&str> = candidates.into_iter().collect();
    let begun: Vec<String> =
        candidates.iter().filter(|own| own.starts_with(name)).map(|own| format!("`{own}`")).collect();
    if !name.is_empty() && (2..=4).contains(&begun.len()) {
        return format!("did you mean {}?", begun.join(" or "));
    }
    let first = name.split_once('.').map(|(first, _)| format!("{first}."));
    let alike: Vec<&str> =
        candidates.iter().copied().filter(|own| first.as_ref().is_some_and(|first| own.starts_with(first))).collect();
    let skipped = if alike.is_empty() { 0 } else { first.map_or(0, |first| first.len()) };
    if skipped > 0 {
        candidates = alike;
    }
    if let Some(near) = nearest(&name[skipped..], candidates.iter().map(|own| &own[skipped..])) {
        let near = candidates.iter().find(|own| own[skipped..] == *near).copied().unwrap_or(near);
        return format!("did you mean `{near}`?");
    }
    let listed: Vec<String> = candidates.iter().take(LISTED).map(|candidate| format!("`{candidate}`")).collect();
    match (listed.as_slice(), candidates.len().saturating_sub(LISTED)) {
        ([], _) => String::new(),
        ([one], _) => format!("expected {one}"),
        (_, 0) => format!("expected one of {}", listed.join(", ")),
        (_, more) => format!("expected one of {} and {more} more", listed.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_and_swapped_letters_are_near() {
        assert_eq!(nearest("SLOPE", ["slope"]), Some("slope"));
        assert_eq!(nearest("slpoe", ["level", "slope"]), Some("slope"));
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (0..15).map(|i| format!("name{i}")).collect();
        let help = did_you_mean("?", names.iter().map(String::as_str));
        assert!(help.ends_with("`name11` and 3 more"), "{help}");
        assert_eq!(did_you_mean("x", []), "");
    }
}
