//! Parameters set on the command line.

use super::names::did_you_mean;
use super::tree::Tree;
use crate::error::{BadConfig, Problems, SourceFile};

/// What to write.
const FORM: &str = "write `--set file.parameter=value`, such as `--set family/births.some_param=0.3`";

/// Parameters set on the command line: `--set family/births.some_param=0.3`.
#[derive(Clone, Debug, Default)]
pub struct Overrides(Vec<Setting>);

#[derive(Clone, Debug)]
struct Setting {
    file: SourceFile,
    /// The key of the parameter file: all before the first dot.
    file_key: String,
    /// What follows it, as TOML.
    tree: Tree,
}

impl Overrides {
    /// Reads settings of the form `FILE.parameter=VALUE`, the value as TOML; dots may lead further into a table.
    ///
    /// A setting that cannot be read becomes a problem and is left out.
    pub fn parse<S: AsRef<str>>(settings: &[S], problems: &mut Problems) -> Self {
        Self(settings.iter().filter_map(|setting| Setting::parse(setting.as_ref(), problems)).collect())
    }

    /// These settings and others, which win.
    #[must_use]
    pub fn and<S: AsRef<str>>(&self, settings: &[S], problems: &mut Problems) -> Self {
        let mut all = self.clone();
        all.0.extend(Self::parse(settings, problems).0);
        all
    }

    /// Errors for the overrides of files that do not exist.
    #[must_use]
    pub fn unused(&self, known_files: &[&str]) -> Vec<BadConfig> {
        let unknown = self.0.iter().filter(|setting| !known_files.contains(&setting.file_key.as_str()));
        unknown
            .map(|setting| {
                let message = format!("unknown parameter file `{}`", setting.file_key);
                let help = did_you_mean(&setting.file_key, known_files.iter().copied());
                BadConfig::at(&setting.file, 0..setting.file_key.len(), message).help(help)
            })
            .collect()
    }

    /// The settings of one file, as tables.
    pub(super) fn of(&self, file_key: &str) -> impl Iterator<Item = &Tree> {
        self.0.iter().filter(move |setting| setting.file_key == file_key).map(|setting| &setting.tree)
    }
}

impl Setting {
    fn parse(setting: &str, problems: &mut Problems) -> Option<Self> {
        let file = SourceFile::new(format!("--set {setting}"), setting);
        let head = setting.split_once('=').map(|(head, _)| head);
        let Some((file_key, _)) = head.and_then(|head| head.split_once('.')).filter(|(key, _)| !key.is_empty()) else {
            let message = format!("`{setting}` sets no parameter");
            problems.push(BadConfig::at(&file, 0..setting.len(), message).help(FORM));
            return None;
        };
        // Blanks in place of the file's key, so that every place in the TOML is its place in the setting.
        let toml = " ".repeat(file_key.len() + 1) + &setting[file_key.len() + 1..];
        let mut wrong = Problems::default();
        let tree = Tree::parse_as(&toml, &file, &mut wrong);
        problems.extend(wrong.into_iter().map(|wrong| wrong.help("values are TOML: text stands in quotes, '\"so\"'")));
        Some(Self { file_key: file_key.to_owned(), tree: tree?, file })
    }
}
