//! The program: parse, act, tell what went wrong.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match livslop::cli::act(livslop::cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let code = error.exit_code();
            eprintln!("{:?}", miette::Report::new(error));
            ExitCode::from(code)
        }
    }
}
