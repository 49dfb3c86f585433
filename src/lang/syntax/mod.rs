//! The syntax of dka: text to tree, or to a problem that says what is wrong and where.
//!
//! ```text
//! scan   words, brackets, quotes; joins lines          scan.rs quote.rs number.rs
//! check  statements left out, indentation, depth       foreign.rs depth.rs
//! parse  grammar/dka.pest                              grammar.rs
//! build  the tree of the statements                    statement.rs expression.rs operand.rs …
//! explain a text the grammar refuses                   diagnose.rs
//! ```
//!
//! Nothing here evaluates, and nothing here panics or overflows the stack, whatever the text.

mod ast;
mod braces;
mod call;
mod comprehension;
mod depth;
mod diagnose;
mod expression;
mod foreign;
mod fstring;
mod grammar;
mod lambda;
mod lines;
mod literal;
mod number;
mod operand;
mod parse;
mod problem;
mod quote;
mod scan;
mod statement;
mod stray;
mod target;
mod token;

pub use ast::{
    Alias, Arg, BINARY_SIGNS, BinaryOp, BoolOp, COMPARE_SIGNS, Cell, CompFor, CompareOp, Comparison, Conversion,
    DictItem, Expr, ExprKind, FPart, Param, ParamKind, Span, Stmt, StmtKind, UnaryOp,
};
pub use lines::{is_incomplete, split_statements, tokens};
pub use parse::parse_cell;
pub use problem::SyntaxProblem;
pub use token::{KEYWORDS, TokenKind};
