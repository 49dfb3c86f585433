//! Expression nodes: immutable, shared, one node for equal expressions (hash-consing).

use crate::data::{Chunks, DType, Shape};
use crate::ir::Op;
use serde::Serialize;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

/// A lazy array: a shared node of the expression graph. Equal expressions are the same node.
#[derive(Clone, Debug, Serialize)]
pub struct Expr(Arc<Node>);

/// The number of a node, never used twice in a process.
pub type ExprId = u64;

/// One operation on inputs, with the shape, dtype and chunks of its result.
#[derive(Debug, Serialize)]
pub struct Node {
    id: ExprId,
    hash: u64,
    pub op: Op,
    pub inputs: Vec<Expr>,
    pub shape: Shape,
    pub dtype: DType,
    pub chunks: Chunks,
}

type Interned = HashMap<u64, Vec<Weak<Node>>>;
static NODES: LazyLock<Mutex<Interned>> = LazyLock::new(Mutex::default);

impl Expr {
    /// The node of an operation: the one that exists where an equal one does.
    pub fn new(op: Op, inputs: Vec<Expr>, shape: Shape, dtype: DType, chunks: Chunks) -> Expr {
        let mut hasher = DefaultHasher::new();
        op.hash(&mut hasher);
        inputs.iter().for_each(|input| input.id().hash(&mut hasher));
        (&shape, dtype, &chunks).hash(&mut hasher);
        let hash = hasher.finish();
        let mut nodes = NODES.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = nodes.entry(hash).or_default();
        let same = |node: &Arc<Node>| {
            node.op == op
                && node.inputs == inputs
                && node.shape == shape
                && node.dtype == dtype
                && node.chunks == chunks
        };
        // The found handle outlives the lock: dropping the last one would lock again.
        if let Some(node) = bucket.iter().find_map(|weak| weak.upgrade().filter(same)) {
            return Expr(node);
        }
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let node = Arc::new(Node { id, hash, op, inputs, shape, dtype, chunks });
        bucket.push(Arc::downgrade(&node));
        Expr(node)
    }

    /// The node's number.
    pub fn id(&self) -> ExprId {
        self.0.id
    }

    /// The number of axes.
    pub fn ndim(&self) -> usize {
        self.0.shape.len()
    }

    /// Bytes of all elements; `None` where a length is unknown.
    pub fn nbytes(&self) -> Option<usize> {
        crate::data::size_of(&self.0.shape).map(|n| n * self.0.dtype.itemsize())
    }

    /// Whether both are results of one call of a function that has several.
    pub fn is_of_same_call(&self, other: &Expr) -> bool {
        let same = match (&self.op, &other.op) {
            (Op::Aggregate(a), Op::Aggregate(b)) => a.kind == b.kind && a.grid == b.grid,
            (Op::PerBlock(a), Op::PerBlock(b)) => {
                (a.name, &a.params, &a.core.inputs) == (b.name, &b.params, &b.core.inputs)
            }
            _ => false,
        };
        same && self.inputs == other.inputs
    }

    /// The nodes below and including this one, inputs first, each once.
    pub fn nodes(&self) -> Vec<Expr> {
        let mut seen = std::collections::HashSet::new();
        let (mut out, mut stack) = (Vec::new(), vec![(self.clone(), false)]);
        while let Some((expr, ready)) = stack.pop() {
            if ready {
                out.push(expr);
            } else if seen.insert(expr.id()) {
                let inputs = expr.inputs.clone();
                stack.push((expr, true));
                stack.extend(inputs.into_iter().rev().map(|input| (input, false)));
            }
        }
        out
    }
}

impl std::ops::Deref for Expr {
    type Target = Node;
    fn deref(&self) -> &Node {
        &self.0
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Expr {}

impl Hash for Expr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        forget(self.hash);
        unlink(std::mem::take(&mut self.inputs));
    }
}

/// Takes the dead out of a bucket.
fn forget(hash: u64) {
    let mut nodes = NODES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bucket) = nodes.get_mut(&hash) {
        bucket.retain(|weak| weak.strong_count() > 0);
        if bucket.is_empty() {
            nodes.remove(&hash);
        }
    }
}

/// Drops a chain of nodes one after another: a long expression must not end in a deep recursion.
fn unlink(mut inputs: Vec<Expr>) {
    while let Some(Expr(node)) = inputs.pop() {
        if let Some(mut node) = Arc::into_inner(node) {
            inputs.append(&mut node.inputs);
        }
    }
}
