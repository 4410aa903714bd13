//! Parameters and settings that are refused.

use super::*;

#[test]
fn unknown_and_missing_keys_are_told_together() {
    insta::assert_snapshot!(refused("infant_share = 0.87\nratio", "infant_shares = 0.87\nratios"), @"
      × 4 errors in the configuration

    Error:
      × missing key `infant_share` in `params`
       ╭─[births.toml:1:1]
     1 │ [params]
       · ────┬───
       ·     ╰── in this table
     2 │ infant_shares = 0.87
       ╰────
      help: add `infant_share = …`

    Error:
      × missing key `ratio` in `params`
       ╭─[births.toml:1:1]
     1 │ [params]
       · ────┬───
       ·     ╰── in this table
     2 │ infant_shares = 0.87
       ╰────
      help: add `ratio = …`

    Error:
      × unknown key `infant_shares`
       ╭─[births.toml:2:1]
     1 │ [params]
     2 │ infant_shares = 0.87
       · ──────┬──────
       ·       ╰── here
     3 │ ratios = [1.0, 2]
       ╰────
      help: did you mean `infant_share`?

    Error:
      × unknown key `ratios`
       ╭─[births.toml:3:1]
     2 │ infant_shares = 0.87
     3 │ ratios = [1.0, 2]
       · ───┬──
       ·    ╰── here
     4 │ first_year = 1950
       ╰────
      help: did you mean `ratio`?
    ");
}

#[test]
fn wrong_types_and_ranges_are_told_together_at_their_places() {
    let text = GOOD.replacen("0.87", "1.3", 1).replacen("1950", "\"then\"", 1).replacen("0.1\n", "-1\n", 1);
    insta::assert_snapshot!(rendered(load_with(&text, &[]).1), @r#"
      × 4 errors in the configuration

    Error:
      × `infant_share`: 1.3 is not a share from 0 to 1
       ╭─[births.toml:2:16]
     1 │ [params]
     2 │ infant_share = 1.3
       ·                ─┬─
       ·                 ╰── here
     3 │ ratio = [1.0, 2]
       ╰────

    Error:
      × `infant_share` is 1.3, outside its interval [0.8, 0.9]
       ╭─[births.toml:2:16]
     1 │ [params]
     2 │ infant_share = 1.3
       ·                ─┬─
       ·                 ╰── here
     3 │ ratio = [1.0, 2]
       ╰────
      help: correct the number or `interval` in [evidence]

    Error:
      × `first_year`: expected a whole number from 0 to 65535, found the text "then"
       ╭─[births.toml:4:14]
     3 │ ratio = [1.0, 2]
     4 │ first_year = "then"
       ·              ───┬──
       ·                 ╰── here
     5 │ [params.level]
       ╰────

    Error:
      × `low`: -1 is not a share from 0 to 1
       ╭─[births.toml:6:7]
     5 │ [params.level]
     6 │ low = -1
       ·       ─┬
       ·        ╰── here
     7 │ high = 0.3
       ╰────
    "#);
}

#[test]
fn a_rule_across_fields_is_told_at_its_key() {
    insta::assert_snapshot!(refused("[1.0, 2]", "[1.5, 1.0]"), @"
      × 1 error in the configuration

    Error:
      × `ratio` falls
       ╭─[births.toml:3:9]
     2 │ infant_share = 0.87
     3 │ ratio = [1.5, 1.0]
       ·         ─────┬────
       ·              ╰── here
     4 │ first_year = 1950
       ╰────
    ");
}

#[test]
fn an_error_of_syntax_is_told_at_its_place() {
    insta::assert_snapshot!(refused("0.87", "abc"), @r#"
      × 1 error in the configuration

    Error:
      × not valid TOML: string values must be quoted, expected literal string
       ╭─[births.toml:2:16]
     1 │ [params]
     2 │ infant_share = abc
       ·                ─┬─
       ·                 ╰── here
     3 │ ratio = [1.0, 2]
       ╰────
      help: write text in straight quotes, "like this", and numbers plainly: 0.5, not 50 %
    "#);
}

#[test]
fn an_empty_file_lacks_both_tables() {
    insta::assert_snapshot!(rendered(load_with("", &[]).1), @"
      × 2 errors in the configuration

    Error:
      × no table [params]
       ╭─[births.toml:1:1]
       ╰────
      help: add [params]

    Error:
      × no table [evidence]
       ╭─[births.toml:1:1]
       ╰────
      help: add [evidence]
    ");
}

#[test]
fn a_wrong_setting_says_that_it_comes_from_the_command_line() {
    insta::assert_snapshot!(refused_setting("family/births.infant_share=3"), @"
      × 1 error in the configuration

    Error:
      × `infant_share`: 3 is not a share from 0 to 1
       ╭─[--set family/births.infant_share=3:1:28]
     1 │ family/births.infant_share=3
       ·                            ┬
       ·                            ╰── here
       ╰────
    ");
    insta::assert_snapshot!(refused_setting("family/births.infant_shar=0.3"), @"
      × 1 error in the configuration

    Error:
      × unknown key `infant_shar`
       ╭─[--set family/births.infant_shar=0.3:1:15]
     1 │ family/births.infant_shar=0.3
       ·               ─────┬─────
       ·                    ╰── here
       ╰────
      help: did you mean `infant_share`?
    ");
    insta::assert_snapshot!(refused_setting("family/birth.infant_share=0.3"), @"
      × 1 error in the configuration

    Error:
      × unknown parameter file `family/birth`
       ╭─[--set family/birth.infant_share=0.3:1:1]
     1 │ family/birth.infant_share=0.3
       · ──────┬─────
       ·       ╰── here
       ╰────
      help: did you mean `family/births`?
    ");
    insta::assert_snapshot!(refused_setting("family/births.first_year=then"), @r#"
      × 1 error in the configuration

    Error:
      × not valid TOML: invalid boolean, expected `true`
       ╭─[--set family/births.first_year=then:1:26]
     1 │ family/births.first_year=then
       ·                          ──┬─
       ·                            ╰── here
       ╰────
      help: values are TOML: text stands in quotes, '"so"'
    "#);
    insta::assert_snapshot!(refused_setting("death"), @"
      × 1 error in the configuration

    Error:
      × `death` sets no parameter
       ╭─[--set death:1:1]
     1 │ death
       · ──┬──
       ·   ╰── here
       ╰────
      help: write `--set file.parameter=value`, such as `--set family/births.some_param=0.3`
    ");
}

#[test]
fn a_broken_list_of_sources_makes_no_source_unknown() {
    let mut problems = Problems::default();
    let text = SOURCES.replace("2025-08-19", "in May").replace("\"HMD\"", "3");
    let sources = Sources::read(&SourceFile::new("sources.toml", text), &mut problems);
    insta::assert_snapshot!(rendered(problems), @r#"
      × 1 error in the configuration

    Error:
      × `citation`: expected a text, found 3
       ╭─[sources.toml:2:12]
     1 │ [hmd]
     2 │ citation = 3
       ·            ┬
       ·            ╰── here
     3 │ licence = "CC BY 4.0"
       ╰────
      help: put it in quotes
    "#);
    assert!(sources.knows("anything"));
    let mut problems = Problems::default();
    Sources::read(&SourceFile::new("sources.toml", SOURCES.replace("2025-08-19", "in May")), &mut problems);
    assert!(rendered(problems).contains("which is no day"));
}

#[test]
fn a_list_with_too_many_values_is_refused() {
    let told = refused_setting("family/births.ratio=[1.0, 2.0, 9.0]");
    assert!(told.contains("expected an array of 2 values, found 3"), "{told}");
}
