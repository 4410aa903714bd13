//! Reading, and refusing, what is on record.

use super::*;

fn read(change: impl Fn(&Path)) -> (Option<Observed>, Vec<String>) {
    let directory = tempfile::tempdir().expect("a directory");
    for entry in std::fs::read_dir("configs/norway/tables").expect("the tables") {
        let path = entry.expect("an entry").path();
        std::fs::copy(&path, directory.path().join(path.file_name().expect("a name"))).expect("copied");
    }
    change(directory.path());
    let mut problems = Problems::default();
    let places = Places::read(directory.path(), &mut problems);
    let observed = Observed::read(directory.path(), places.as_ref(), &mut problems);
    (observed, problems.into_iter().map(|problem| format!("{:?}", miette::Report::new(problem))).collect())
}

fn replaced(folder: &Path, name: &str, from: &str, to: &str) {
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).expect("a table");
    assert!(text.contains(from));
    std::fs::write(path, text.replacen(from, to, 1)).expect("written");
}

#[test]
fn every_table_gives_figures() {
    let (observed, problems) = read(|_| ());
    assert!(problems.is_empty(), "{problems:?}");
    let figures = observed.expect("figures").figures;
    let of = |what: fn(&What) -> bool| figures.iter().filter(|figure| what(&figure.what)).count();
    assert_eq!(of(|what| matches!(what, What::DivorcedAfter(_))), 41 * 7);
    assert_eq!(of(|what| matches!(what, What::InMunicipality(_))), 357);
    assert_eq!(of(|what| matches!(what, What::InCounty(_))), 15 * 19);
    let married = figures.iter().find(|figure| {
        (figure.source, figure.year, figure.sex) == ("couples_register.csv", Year(2008), Some(Sex::Female))
            && figure.ages == [18, 29]
    });
    // 43,796 of 43,796 + 69,473 + 232,278 women, on 31 December 2007.
    let married = married.expect("women of 18 to 29");
    assert!((married.value - 43_796.0 / 345_547.0).abs() < 1e-12);
    assert_eq!((married.lived, married.what), ([Year(2007); 2], What::Living(Living::Married)));
}

#[test]
fn founders_with_three_and_with_more_children_are_one_class() {
    let figures = read(|_| ()).0.expect("figures").figures;
    let of = |cohort: i16, age: usize| -> Vec<What> {
        let year = Year(cohort).plus(i16::try_from(age).expect("an age"));
        let is_one = |figure: &&Figure| figure.ages == [age; 2] && figure.year == year;
        figures
            .iter()
            .filter(is_one)
            .map(|figure| figure.what)
            .filter(|what| matches!(what, What::Children(..)))
            .collect()
    };
    assert_eq!(of(1940, 30)[3..], [What::Children(3, 4)]);
    assert_eq!(of(1950, 30)[3..], [What::Children(3, 3), What::Children(4, 4)]);
}

#[test]
fn a_broken_row_is_refused_with_its_line() {
    let (observed, problems) = read(|folder| {
        replaced(folder, "couples_survey.csv", "1977,female,20,24,married,45", "1977,female,20,24,maried,45");
        replaced(folder, "divorce_register.csv", "1960,3,1.4", "1960,3,101.4");
    });
    assert!(observed.is_none());
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("couples_survey.csv:2") && problems[0].contains("maried"), "{}", problems[0]);
    assert!(problems[1].contains("divorce_register.csv:2") && problems[1].contains("percentage"), "{}", problems[1]);
}

#[test]
fn shares_that_do_not_add_up_are_refused() {
    let (observed, problems) =
        read(|folder| replaced(folder, "parity_register.csv", "2011,20,1935,82.6,", "2011,20,1935,72.6,"));
    assert!(observed.is_none());
    assert!(problems[0].contains("cohort 1935 at age 20"), "{problems:?}");
}
