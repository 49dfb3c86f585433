//! Arrays as intentions: expression nodes. Plain data, no behaviour: what a node means is in `ops`.

mod expr;
mod formula;
mod headline;
mod kernel;
mod op;
mod plan;
mod traffic;
mod view;

pub use expr::{Expr, ExprId, Node};
pub use formula::Formula;
pub use headline::headline;
pub use kernel::Kernel;
pub use op::{Aggregate, Aggregation, Core, Distribution, Fold, Location, Op, Param, PerBlock, Random, Reduce, Scan};
pub use plan::{Leaf, Make, Output, Overlay, Piece, Plan, Program, Reg, RegSpec, Sink, Source, Stage, Step, Work};
pub use traffic::Traffic;
pub use view::{View, ViewAxis};
