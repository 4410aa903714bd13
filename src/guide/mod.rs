//! The guide: what the model is, what its numbers mean, how it is built and tested, and why it was made so.
//!
//! | chapter | answers |
//! | --- | --- |
//! | [`odd`] | what is the model? (the ODD protocol) |
//! | [`lexis`] | what exactly is an age, a year, a person-year, an expected death, an error? |
//! | [`measures`] | how do I write a scenario? |
//! | [`outputs`] | what is in the files of a run? |
//! | [`answers`] | what came out of the first measures, beside the literature, and how sure is it? |
//! | [`generated`] | which levers, attributes, decisions and parameters are there? (printed by the program) |
//! | [`model_card`] | what is it for, what is it not for, who is missing? |
//! | [`trace`] | how was it tested, and what came out? (TRACE) |
//! | [`stress`] | where does each item of the STRESS-ABS checklist stand? |
//! | [`architecture`] | how is the program built? |
//! | [`decisions`] | why that way? |

#[doc = include_str!("answers.md")]
pub mod answers {}

#[doc = include_str!("architecture.md")]
pub mod architecture {}

#[doc = include_str!("generated.md")]
pub mod generated {}

#[doc = include_str!("lexis.md")]
pub mod lexis {}

#[doc = include_str!("measures.md")]
pub mod measures {}

#[doc = include_str!("model_card.md")]
pub mod model_card {}

#[doc = include_str!("odd.md")]
pub mod odd {}

#[doc = include_str!("outputs.md")]
pub mod outputs {}

#[doc = include_str!("stress.md")]
pub mod stress {}

#[doc = include_str!("trace.md")]
pub mod trace {}

/// Why it was made so: one page a decision, each with its context, consequence and alternatives.
pub mod decisions {
    #[doc = include_str!("decisions/001-a-world-per-community.md")]
    pub mod d001_a_world_per_community {}

    #[doc = include_str!("decisions/002-the-dead-keep-their-rows.md")]
    pub mod d002_the_dead_keep_their_rows {}

    #[doc = include_str!("decisions/003-schedules-cut-at-barriers.md")]
    pub mod d003_schedules_cut_at_barriers {}

    #[doc = include_str!("decisions/004-migration-before-death.md")]
    pub mod d004_migration_before_death {}

    #[doc = include_str!("decisions/005-gross-flows-from-a-projection.md")]
    pub mod d005_gross_flows_from_a_projection {}

    #[doc = include_str!("decisions/006-one-newton-step.md")]
    pub mod d006_one_newton_step {}

    #[doc = include_str!("decisions/007-expected-deaths-and-the-jackknife.md")]
    pub mod d007_expected_deaths_and_the_jackknife {}

    #[doc = include_str!("decisions/008-snapshots-are-checked-files.md")]
    pub mod d008_snapshots_are_checked_files {}

    #[doc = include_str!("decisions/009-portable-functions.md")]
    pub mod d009_portable_functions {}

    #[doc = include_str!("decisions/010-runs-of-rows.md")]
    pub mod d010_runs_of_rows {}

    #[doc = include_str!("decisions/011-differences-of-expected-values.md")]
    pub mod d011_differences_of_expected_values {}

    #[doc = include_str!("decisions/012-links-by-row-and-the-remembered.md")]
    pub mod d012_links_by_row_and_the_remembered {}

    #[doc = include_str!("decisions/013-a-household-is-its-householder.md")]
    pub mod d013_a_household_is_its_householder {}

    #[doc = include_str!("decisions/014-stable-matching.md")]
    pub mod d014_stable_matching {}

    #[doc = include_str!("decisions/015-shares-against-a-lasting-number.md")]
    pub mod d015_shares_against_a_lasting_number {}

    #[doc = include_str!("decisions/016-births-by-age-and-number-of-children.md")]
    pub mod d016_births_by_age_and_number_of_children {}

    #[doc = include_str!("decisions/017-destinations-by-free-places.md")]
    pub mod d017_destinations_by_free_places {}

    #[doc = include_str!("decisions/018-families-leave-the-country-together.md")]
    pub mod d018_families_leave_the_country_together {}

    #[doc = include_str!("decisions/019-people-with-a-partner-die-later.md")]
    pub mod d019_people_with_a_partner_die_later {}

    #[doc = include_str!("decisions/020-a-latent-background.md")]
    pub mod d020_a_latent_background {}

    #[doc = include_str!("decisions/021-flows-of-work-from-stocks.md")]
    pub mod d021_flows_of_work_from_stocks {}

    #[doc = include_str!("decisions/022-one-exponential-number-a-state.md")]
    pub mod d022_one_exponential_number_a_state {}

    #[doc = include_str!("decisions/023-the-mean-risk-is-asked-the-year-before.md")]
    pub mod d023_the_mean_risk_is_asked_the_year_before {}

    #[doc = include_str!("decisions/024-disabled-people-at-work.md")]
    pub mod d024_disabled_people_at_work {}

    #[doc = include_str!("decisions/025-pregnancy-and-yearly-rates-of-quitting.md")]
    pub mod d025_pregnancy_and_yearly_rates_of_quitting {}

    #[doc = include_str!("decisions/026-two-years-passed-are-a-short-degree.md")]
    pub mod d026_two_years_passed_are_a_short_degree {}

    #[doc = include_str!("decisions/027-errors-of-groups-by-bands.md")]
    pub mod d027_errors_of_groups_by_bands {}

    #[doc = include_str!("decisions/028-farmers-have-a-ratio-of-their-own.md")]
    pub mod d028_farmers_have_a_ratio_of_their_own {}

    #[doc = include_str!("decisions/029-reach-is-found-anew-each-year.md")]
    pub mod d029_reach_is_found_anew_each_year {}
    #[doc = include_str!("decisions/030-an-arm-knows-its-people-s-twins.md")]
    pub mod d030_an_arm_knows_its_people_s_twins {}
}
