//! The syntax tree of a cell: plain data, each node with the bytes of the source it was read from.
//!
//! For what Python's syntax says, not for what names mean: nothing here knows of arrays or functions.

use num_bigint::BigInt;
use serde::Serialize;

/// A range of bytes of the cell's source, end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// The bytes `start..end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The text of `source` under this span; empty when the span does not lie on characters of `source`.
    #[must_use]
    pub fn of(self, source: &str) -> &str {
        source.get(self.start..self.end).unwrap_or_default()
    }
}

/// What is run at once: statements, and whether a final `;` hides the value of the last.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Cell {
    pub statements: Vec<Stmt>,
    pub silenced: bool,
}

/// A statement and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stmt {
    pub span: Span,
    pub kind: StmtKind,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum StmtKind {
    Expr(Expr),
    /// `a = b, c = value`: targets from left to right, each a name, attribute, subscript, or tuple or list of targets.
    Assign {
        targets: Vec<Expr>,
        value: Expr,
    },
    AugAssign {
        target: Expr,
        op: BinaryOp,
        op_span: Span,
        value: Expr,
    },
    Delete(Vec<Expr>),
    Assert {
        test: Expr,
        message: Option<Expr>,
    },
    Pass,
    Import(Vec<Alias>),
    /// `from module import a as b`; the module keeps its leading dots, and a `*` is an alias named `*`.
    ImportFrom {
        module: String,
        module_span: Span,
        names: Vec<Alias>,
    },
}

/// `numpy as np` in an import; the name is dotted as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alias {
    pub span: Span,
    pub name: String,
    pub asname: Option<String>,
}

/// An expression and where it stands; parentheses around it are not part of it, except those of a tuple.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Expr {
    pub span: Span,
    pub kind: ExprKind,
}

impl Expr {
    /// An expression read from `span`.
    #[must_use]
    pub fn new(span: Span, kind: ExprKind) -> Self {
        Self { span, kind }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum ExprKind {
    Int(BigInt),
    Float(f64),
    /// `2j`: the imaginary part.
    Imaginary(f64),
    Str(String),
    FString(Vec<FPart>),
    Bool(bool),
    None,
    Ellipsis,
    Name(String),
    Tuple(Vec<Expr>),
    List(Vec<Expr>),
    Set(Vec<Expr>),
    Dict(Vec<DictItem>),
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Binary {
        op: BinaryOp,
        op_span: Span,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `a and b and c`: two values or more, joined by one operator.
    BoolOp {
        op: BoolOp,
        values: Vec<Expr>,
    },
    /// `a < b <= c`: the first operand, then each operator with the operand at its right.
    Compare {
        first: Box<Expr>,
        rest: Vec<Comparison>,
    },
    IfElse {
        test: Box<Expr>,
        body: Box<Expr>,
        orelse: Box<Expr>,
    },
    Lambda {
        params: Vec<Param>,
        body: Box<Expr>,
    },
    Call {
        func: Box<Expr>,
        args: Vec<Arg>,
    },
    Attribute {
        value: Box<Expr>,
        name: String,
        name_span: Span,
    },
    /// `value[index]`; the index is any expression, a `Slice`, or a `Tuple` that may hold slices.
    Subscript {
        value: Box<Expr>,
        index: Box<Expr>,
    },
    /// `lower:upper:step`, only as an index.
    Slice {
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
    },
    ListComp {
        element: Box<Expr>,
        clauses: Vec<CompFor>,
    },
    SetComp {
        element: Box<Expr>,
        clauses: Vec<CompFor>,
    },
    GeneratorExp {
        element: Box<Expr>,
        clauses: Vec<CompFor>,
    },
    DictComp {
        key: Box<Expr>,
        value: Box<Expr>,
        clauses: Vec<CompFor>,
    },
    /// `*a` in a tuple, list, set, index or target.
    Starred(Box<Expr>),
}

/// An item of a dict display.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum DictItem {
    Pair { key: Expr, value: Expr },
    DoubleStar(Expr),
}

/// An argument of a call, in the order written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Arg {
    Positional(Expr),
    Star(Expr),
    Keyword { name: String, name_span: Span, value: Expr },
    DoubleStar(Expr),
}

/// `for target in iter if condition if condition`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CompFor {
    pub target: Expr,
    pub iter: Expr,
    pub conditions: Vec<Expr>,
}

/// A parameter of a lambda.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Param {
    pub span: Span,
    pub name: String,
    pub kind: ParamKind,
    pub default: Option<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ParamKind {
    /// Before a `/`.
    PositionalOnly,
    Positional,
    /// `*args`.
    Star,
    /// After `*` or `*args`.
    KeywordOnly,
    /// `**kwargs`.
    DoubleStar,
}

/// A piece of an f-string.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum FPart {
    Literal(String),
    /// `{expr!r:spec}`; `{expr=}` is the literal `expr=` followed by the field, as in Python.
    Field {
        expr: Expr,
        conversion: Option<Conversion>,
        spec: Option<Vec<FPart>>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Conversion {
    Str,
    Repr,
    Ascii,
}

/// An operator of a chained comparison with the operand at its right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    pub op: CompareOp,
    pub op_span: Span,
    pub operand: Expr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum UnaryOp {
    Neg,
    Pos,
    Invert,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    MatMul,
    ShiftLeft,
    ShiftRight,
    BitAnd,
    BitOr,
    BitXor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum CompareOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    In,
    NotIn,
    Is,
    IsNot,
}

/// Each binary operator as Python writes it.
pub const BINARY_SIGNS: &[(&str, BinaryOp)] = &[
    ("+", BinaryOp::Add),
    ("-", BinaryOp::Sub),
    ("*", BinaryOp::Mul),
    ("/", BinaryOp::Div),
    ("//", BinaryOp::FloorDiv),
    ("%", BinaryOp::Mod),
    ("**", BinaryOp::Pow),
    ("@", BinaryOp::MatMul),
    ("<<", BinaryOp::ShiftLeft),
    (">>", BinaryOp::ShiftRight),
    ("&", BinaryOp::BitAnd),
    ("|", BinaryOp::BitOr),
    ("^", BinaryOp::BitXor),
];

/// Each comparison as Python writes it.
pub const COMPARE_SIGNS: &[(&str, CompareOp)] = &[
    ("==", CompareOp::Eq),
    ("!=", CompareOp::NotEq),
    ("<", CompareOp::Lt),
    ("<=", CompareOp::LtE),
    (">", CompareOp::Gt),
    (">=", CompareOp::GtE),
    ("in", CompareOp::In),
    ("not in", CompareOp::NotIn),
    ("is", CompareOp::Is),
    ("is not", CompareOp::IsNot),
];

impl BinaryOp {
    /// The operator as Python writes it.
    #[must_use]
    pub fn sign(self) -> &'static str {
        let row = BINARY_SIGNS.iter().find(|(_, op)| *op == self);
        row.map_or("?", |(sign, _)| sign)
    }
}

impl CompareOp {
    /// The operator as Python writes it.
    #[must_use]
    pub fn sign(self) -> &'static str {
        let row = COMPARE_SIGNS.iter().find(|(_, op)| *op == self);
        row.map_or("?", |(sign, _)| sign)
    }
}
