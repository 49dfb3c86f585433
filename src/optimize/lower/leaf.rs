//! What programs read: sources behind views, reshapes and lookups.

use crate::ir::{Make, Program, Source, Step};

/// The earlier stages whose outputs a program reads.
pub(super) fn stages_read(program: &Program) -> Vec<usize> {
    let mut out = vec![];
    for leaf in &program.leaves {
        out.extend(stage_of(&leaf.source));
        let indices = leaf
            .path
            .iter()
            .filter_map(|step| if let Step::Take { index, .. } = step { stage_of(index) } else { None });
        out.extend(indices);
    }
    for reg in &program.regs {
        match &reg.make {
            Make::Pieces(pieces) => pieces.iter().for_each(|piece| out.extend(stages_read(&piece.program))),
            Make::Overlay { part, .. } => out.extend(stages_read(&part.program)),
            Make::Const(_) | Make::Load(_) | Make::Map(..) => {}
        }
    }
    out
}

fn stage_of(source: &Source) -> Option<usize> {
    if let Source::Stage { stage, .. } = source { Some(*stage) } else { None }
}
