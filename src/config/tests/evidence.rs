//! Evidence that is refused.

use super::*;

#[test]
fn missing_evidence_is_told_with_its_form() {
    insta::assert_snapshot!(refused("level = { unit = \"share\", kind = \"assumed\", note = \"a guess\" }", ""), @r#"
      × 1 error in the configuration

    Error:
      × `level` has no evidence
       ╭─[births.toml:5:9]
     4 │ first_year = 1950
     5 │ [params.level]
       ·         ──┬──
       ·           ╰── here
     6 │ low = 0.1
       ╰────
      help: add to [evidence]: level = { unit = "…", interval = [low, high], kind = "estimated",
            source = "…" }
    "#);
}

#[test]
fn an_unknown_source_is_told_with_the_nearest() {
    insta::assert_snapshot!(refused("source = \"hmd\", note", "source = \"hdm\", note"), @r#"
      × 1 error in the configuration

    Error:
      × `infant_share` cites the unknown source `hdm`
        ╭─[births.toml:9:88]
      8 │ [evidence]
      9 │ infant_share = { unit = "share", interval = [0.80, 0.90], kind = "estimated", source = "hdm", note = "so" }
        ·                                                                                        ──┬──
        ·                                                                                          ╰── here
     10 │ ratio = { unit = "ratio", intervals = [[0.5, 1.5], [1, 3]], kind = "calibrated", source = "hmd" }
        ╰────
      help: did you mean `hmd`?
    "#);
}

#[test]
fn evidence_without_source_note_unit_or_interval_is_told() {
    let text =
        GOOD.replacen("interval = [0.80, 0.90], kind = \"estimated\", source = \"hmd\"", "kind = \"guessed\"", 1);
    let text = text.replacen("note = \"a guess\"", "note = \" \"", 1).replacen("\"ratio\"", "\"\"", 1);
    insta::assert_snapshot!(rendered(load_with(&text, &[]).1), @r#"
      × 3 errors in the configuration

    Error:
      × `kind`: `guessed` is not one of the choices
        ╭─[births.toml:9:41]
      8 │ [evidence]
      9 │ infant_share = { unit = "share", kind = "guessed", note = "so" }
        ·                                         ────┬────
        ·                                             ╰── here
     10 │ ratio = { unit = "", intervals = [[0.5, 1.5], [1, 3]], kind = "calibrated", source = "hmd" }
        ╰────
      help: expected one of `estimated`, `calibrated`, `assumed`

    Error:
      × `ratio` has an empty unit
        ╭─[births.toml:10:18]
      9 │ infant_share = { unit = "share", kind = "guessed", note = "so" }
     10 │ ratio = { unit = "", intervals = [[0.5, 1.5], [1, 3]], kind = "calibrated", source = "hmd" }
        ·                  ─┬
        ·                   ╰── here
     11 │ first_year = { unit = "year", kind = "assumed", note = "the first with data" }
        ╰────
      help: write what the number counts, such as "share"

    Error:
      × `level` is assumed without a note
        ╭─[births.toml:12:52]
     11 │ first_year = { unit = "year", kind = "assumed", note = "the first with data" }
     12 │ level = { unit = "share", kind = "assumed", note = " " }
        ·                                                    ─┬─
        ·                                                     ╰── here
        ╰────
      help: add `note`: why this value
    "#);
    insta::assert_snapshot!(refused("interval = [0.80, 0.90], ", ""), @r#"
      × 1 error in the configuration

    Error:
      × `infant_share` has no interval
        ╭─[births.toml:9:1]
      8 │ [evidence]
      9 │ infant_share = { unit = "share", kind = "estimated", source = "hmd", note = "so" }
        · ──────┬─────
        ·       ╰── here
     10 │ ratio = { unit = "ratio", intervals = [[0.5, 1.5], [1, 3]], kind = "calibrated", source = "hmd" }
        ╰────
      help: add `interval = [low, high]`
    "#);
}

#[test]
fn a_number_outside_its_interval_is_told() {
    insta::assert_snapshot!(refused("[1, 3]", "[2.5, 3]"), @"
      × 1 error in the configuration

    Error:
      × `ratio` is 2, outside its interval [2.5, 3]
       ╭─[births.toml:3:15]
     2 │ infant_share = 0.87
     3 │ ratio = [1.0, 2]
       ·               ┬
       ·               ╰── here
     4 │ first_year = 1950
       ╰────
      help: correct the number or `interval` in [evidence]
    ");
    assert!(refused("[0.80, 0.90]", "[0.90, 0.80]").contains("whose low end is above its high end"));
    assert!(refused("[[0.5, 1.5], [1, 3]]", "[[0.5, 1.5]]").contains("1 intervals for 2 numbers"));
}

#[test]
fn evidence_for_an_unknown_parameter_and_an_unknown_table_are_told() {
    let evidence = "[evidense]\nx = 1\n[evidence]\nlevels = { unit = \"1\", kind = \"assumed\", note = \"so\" }";
    insta::assert_snapshot!(refused("[evidence]", evidence), @r#"
      × 2 errors in the configuration

    Error:
      × unknown table `evidense`
       ╭─[births.toml:8:2]
     7 │ high = 0.3
     8 │ [evidense]
       ·  ────┬───
       ·      ╰── here
     9 │ x = 1
       ╰────
      help: did you mean `evidence`?

    Error:
      × evidence for the unknown parameter `levels`
        ╭─[births.toml:11:1]
     10 │ [evidence]
     11 │ levels = { unit = "1", kind = "assumed", note = "so" }
        · ───┬──
        ·    ╰── here
     12 │ infant_share = { unit = "share", interval = [0.80, 0.90], kind = "estimated", source = "hmd", note = "so" }
        ╰────
      help: did you mean `level`?
    "#);
}
