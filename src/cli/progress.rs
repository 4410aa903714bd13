//! Progress on standard error.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use crate::run::legs::Watch;
use crate::units::Year;

use super::ProgressKind;

/// A line on standard error; a run goes on when nobody reads it.
fn tell(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}

/// Tells how far a run has got, and stops it when the user asks to.
pub struct Progress {
    kind: ProgressKind,
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
}

impl Progress {
    /// The kind asked for; by default a bar on a terminal and plain lines elsewhere.
    pub fn new(kind: Option<ProgressKind>) -> Self {
        let kind = kind.unwrap_or(if stderr().is_terminal() { ProgressKind::Bar } else { ProgressKind::Plain });
        let bar = if kind == ProgressKind::Bar { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{msg:20} {bar:40} {pos}/{len} years, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let stop = Arc::new(AtomicBool::new(false));
        let flag = stop.clone();
        // Without a handler an interrupt ends the program at once; checkpoints written before it still serve --resume.
        let _ = ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::SeqCst) {
                std::process::exit(130);
            }
            let _ = writeln!(stderr(), "finishing the year; interrupt again to stop at once");
        });
        Self { kind, bar, stop }
    }

    /// A line for people, unless nothing or only JSON is to be shown.
    pub fn say(&self, line: &str) {
        match self.kind {
            ProgressKind::Bar | ProgressKind::Plain => self.bar.suspend(|| tell(line)),
            ProgressKind::Json | ProgressKind::None => {}
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Progress {
    fn year(&mut self, leg: &str, year: Year, done: usize, all: usize) {
        match self.kind {
            ProgressKind::Bar => {
                self.bar.set_length(all as u64);
                self.bar.set_position(done as u64);
                self.bar.set_message(format!("{leg} {year}"));
            }
            ProgressKind::Plain if year.0 % 25 == 0 => tell(&format!("{leg} {year}: {done} of {all} years")),
            ProgressKind::Json => {
                tell(&serde_json::json!({ "leg": leg, "year": year, "done": done, "all": all }).to_string());
            }
            ProgressKind::Plain | ProgressKind::None => {}
        }
    }

    fn stops(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}
