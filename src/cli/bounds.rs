//! `--bounds`: beside each scenario its decisive parameters at the ends of their intervals.

use crate::error::RunError;
use crate::measures::Arm;

/// Each arm, followed by its variants; and what is to be said of arms that have none.
pub fn with_bounds(arms: Vec<Arm>) -> Result<(Vec<Arm>, Vec<String>), RunError> {
    let (mut all, mut said, mut found) = (Vec::new(), Vec::new(), false);
    for arm in arms {
        let bounds = arm.bounds().map_err(|message| RunError::Usage {
            message: format!("{}: {message}", arm.path.display()),
            help: "correct the interval, or do not call the parameter decisive".to_owned(),
        })?;
        found |= !bounds.is_empty();
        if bounds.is_empty() {
            said.push(format!(
                "{}: no decisive parameter that changes anything here, so --bounds adds nothing",
                arm.id
            ));
        }
        all.push(arm);
        all.extend(bounds);
    }
    if found {
        return Ok((all, said));
    }
    Err(RunError::Usage {
        message: "no scenario of the run has a decisive parameter".to_owned(),
        help: "leave --bounds out, or mark parameters of its measures with `decisive = true`".to_owned(),
    })
}
