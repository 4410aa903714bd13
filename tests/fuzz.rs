//! The reader of scenarios against files that nobody would write: no text makes it panic, hang or run out of stack.
//!
//! A case is a few numbers, which stand for changes of the project's own scenario files or for a new file made of the words of the
//! format. `LIVSLOP_FUZZ_CASES=10000000 cargo test --release --test fuzz -- --nocapture` tries as many as asked on all cores.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use livslop::error::{Problems, SourceFile};
use livslop::measures::Arm;
use livslop::measures::shelf::{Named, Shelf};
use livslop::model::reach::Counted;
use livslop::run::model::Model;
use livslop::units::Year;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rayon::prelude::*;

mod common;
mod fuzz_text;

use fuzz_text::text;

/// Cases in the ordinary run of the tests.
const FEW: u64 = 3_000;
/// Cases that share one random seed.
const JOB: u64 = 10_000;
/// No case may take as long, on a machine with other things to do.
const LONGEST: Duration = Duration::from_secs(10);

/// The project's scenarios in memory, by id.
struct Memory {
    measures: BTreeMap<String, SourceFile>,
    packages: BTreeMap<String, SourceFile>,
}

impl Memory {
    fn of(folder: &str) -> BTreeMap<String, SourceFile> {
        let files =
            std::fs::read_dir(folder).expect("a folder of scenarios").map(|entry| entry.expect("an entry").path());
        let id = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
        files
            .map(|path| {
                let text = std::fs::read_to_string(&path).expect("text");
                (id(&path), SourceFile::new(path.display().to_string(), text))
            })
            .collect()
    }

    fn named(&self, named: Named) -> &BTreeMap<String, SourceFile> {
        match named {
            Named::Measure => &self.measures,
            Named::Package => &self.packages,
        }
    }
}

impl Shelf for Memory {
    fn find(&self, named: Named, id: &str) -> Option<PathBuf> {
        self.named(named).get(id).map(|_| PathBuf::from(id))
    }

    fn read(&self, path: &Path, _: &mut Problems) -> Option<SourceFile> {
        let id = path.to_str()?;
        self.measures.get(id).or_else(|| self.packages.get(id)).cloned()
    }

    fn known(&self, named: Named) -> BTreeSet<String> {
        self.named(named).keys().cloned().collect()
    }
}

static MODEL: LazyLock<Model> = LazyLock::new(|| common::model(2_000, 1, 2035));
static MEMORY: LazyLock<Memory> =
    LazyLock::new(|| Memory { measures: Memory::of("scenarios/measures"), packages: Memory::of("scenarios/packages") });
static TEXTS: LazyLock<Vec<&str>> =
    LazyLock::new(|| MEMORY.measures.values().chain(MEMORY.packages.values()).map(|file| &*file.text).collect());

/// How a text fared.
#[derive(Clone, Copy, Debug, Default)]
struct Fared {
    sound: u64,
    refused: u64,
}

/// Reads a text as `livslop check` would, and does with an arm what a run would.
fn read(text: &str) -> Fared {
    let (model, file) = (&*MODEL, SourceFile::new("test.toml", text));
    let ruled = model.ruled();
    let mut problems = Problems::default();
    let arm = Arm::read(&file, Path::new("test.toml"), &*MEMORY, model.against(&ruled), &mut problems);
    if let Err(wrong) = problems.into_result() {
        assert!(arm.is_none(), "an arm with something wrong");
        // To a writer that forgets: what is drawn depends on every place.
        let theme = miette::GraphicalTheme::unicode_nocolor();
        let handler = miette::GraphicalReportHandler::new_themed(theme).with_width(100);
        handler.render_report(&mut String::new(), &wrong).expect("rendered");
        return Fared { sound: 0, refused: 1 };
    }
    let arm = arm.expect("a file without anything wrong gives an arm");
    for year in [2025, 2027, 2028, 2035].map(Year) {
        let levers = arm.levers(year);
        assert!(levers.orders.is_none_or(|orders| orders.orders.len() == arm.parts.len()));
        assert!(arm.parts.iter().all(|part| part.cost(year, &Counted::default(), 1.0).is_none_or(f64::is_finite)));
    }
    let _ = (arm.with_coverage(0.5), arm.years());
    // Arms at the ends of intervals take as long as all the rest: of some texts only.
    if text.len().is_multiple_of(8) {
        let _ = arm.bounds();
    }
    Fared { sound: 1, refused: 0 }
}

#[expect(clippy::disallowed_methods, reason = "time is measured here, and changes no result")]
fn now() -> Instant {
    Instant::now()
}

/// Tries the cases of a job; what went wrong, and how the texts fared.
fn try_job(job: u64, cases: u64) -> (Option<String>, Fared, Duration) {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&job.to_le_bytes());
    let cases = u32::try_from(cases).expect("a job is small");
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let (fared, slowest) = (std::cell::Cell::new(Fared::default()), std::cell::Cell::new(Duration::ZERO));
    let tried = runner.run(&prop::collection::vec(any::<u32>(), 2..40), |numbers| {
        let started = now();
        let one = read(&text(&numbers, &TEXTS));
        let took = started.elapsed();
        let sum = fared.get();
        fared.set(Fared { sound: sum.sound + one.sound, refused: sum.refused + one.refused });
        slowest.set(slowest.get().max(took));
        prop_assert!(took < LONGEST, "took {took:?}");
        Ok(())
    });
    let wrong = tried.err().map(|error| match error {
        proptest::test_runner::TestError::Fail(why, numbers) => {
            format!("job {job}: {why}\nnumbers {numbers:?}\n{:?}", text(&numbers, &TEXTS))
        }
        proptest::test_runner::TestError::Abort(why) => format!("job {job}: {why}"),
    });
    (wrong, fared.get(), slowest.get())
}

#[test]
fn no_text_makes_the_reader_of_scenarios_panic() {
    let asked = std::env::var("LIVSLOP_FUZZ_CASES").ok();
    let cases = asked.as_ref().map_or(FEW, |cases| cases.replace('_', "").parse().expect("a number of cases"));
    let first = std::env::var("LIVSLOP_FUZZ_FIRST_JOB").map_or(0, |job| job.parse().expect("the number of a job"));
    let job = JOB.min(cases.div_ceil(rayon::current_num_threads() as u64)).max(1);
    let started = now();
    let tried: Vec<(Option<String>, Fared, Duration)> =
        (0..cases.div_ceil(job)).into_par_iter().map(|i| try_job(first + i, job.min(cases - i * job))).collect();
    let took = started.elapsed();
    let (sound, refused) =
        tried.iter().fold((0, 0), |(sound, refused), (_, fared, _)| (sound + fared.sound, refused + fared.refused));
    let slowest = tried.iter().map(|(.., slowest)| *slowest).max().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a number of cases")]
    let each = took.as_secs_f64() * 1e6 / (sound + refused).max(1) as f64;
    eprintln!("{sound} in order, {refused} refused; {each:.1} µs each, {took:.1?} in all, the slowest {slowest:.1?}");
    let wrong: Vec<&String> = tried.iter().filter_map(|(wrong, ..)| wrong.as_ref()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // A generator of which nothing is ever in order tests little of the reader.
    assert!(asked.is_some() || (sound > cases / 50 && refused > cases / 4), "{sound} in order, {refused} refused");
}

#[test]
fn what_is_changed_is_in_order() {
    for text in &*TEXTS {
        assert_eq!(read(text).sound, 1, "{text}");
    }
}

#[test]
fn texts_that_once_went_wrong_are_read() {
    for text in fuzz_text::ONCE_WRONG {
        read(text);
    }
}

#[test]
fn deep_nesting_and_huge_numbers_are_refused() {
    let head = "id = \"test\"\ntitle = { en = \"Test\", no = \"Test\" }\n";
    for depth in [10, 100, 1_000, 20_000] {
        for [open, close] in [["[", "]"], ["{ a = ", "}"], ["[{ a = ", "}]"]] {
            let (open, close) = (open.repeat(depth), close.repeat(depth));
            assert_eq!(read(&format!("{head}who = {open}1{close}\n")).refused, 1);
            assert_eq!(read(&format!("{head}who = {open}\n")).refused, 1);
        }
        assert_eq!(read(&format!("{head}[{}]\nx = 1\n", vec!["a"; depth].join("."))).refused, 1);
        assert_eq!(read(&format!("{head}coverage = \"{}\"\n", "(".repeat(depth))).refused, 1);
        assert_eq!(read(&format!("{head}coverage = 1{}\n", "0".repeat(depth))).refused, 1);
    }
}
