//! Which instruction set a kernel runs on, chosen once at run time.
//!
//! A kernel is ordinary scalar code in a loop over slices; [`Level::run`] compiles that loop once per instruction set and
//! jumps into the best copy. Not for threads, tiling or memory: one call, one slice.

#[cfg(target_arch = "x86_64")]
use pulp::x86::{V3, V4};

/// An instruction set this machine has.
#[derive(Debug, Clone, Copy)]
pub enum Level {
    /// What the target guarantees: SSE2 on x86-64.
    Plain,
    /// AVX2 with fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    V3(V3),
    /// AVX-512 (F, BW, CD, DQ, VL).
    #[cfg(target_arch = "x86_64")]
    V4(V4),
    /// NEON, which every 64-bit Arm has together with fused multiply-add.
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl Level {
    /// The best level of this machine; the detection is done once and costs one load after that.
    #[inline]
    #[must_use]
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            V4::try_new().map_or_else(|| V3::try_new().map_or(Self::Plain, Self::V3), Self::V4)
        }
        #[cfg(target_arch = "aarch64")]
        {
            Self::Neon
        }
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        {
            Self::Plain
        }
    }

    /// Every level of this machine, worst first, so that a test can force each.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut levels = vec![Self::Plain];
        #[cfg(target_arch = "x86_64")]
        {
            levels.extend(V3::try_new().map(Self::V3));
            levels.extend(V4::try_new().map(Self::V4));
        }
        #[cfg(target_arch = "aarch64")]
        levels.push(Self::Neon);
        levels
    }

    /// Whether `f64::mul_add` is one instruction here rather than a call of the C library.
    #[inline(always)]
    #[must_use]
    pub const fn has_fma(self) -> bool {
        !matches!(self, Self::Plain)
    }

    /// Runs `f` compiled for this level. See [`vectorized`].
    #[inline(always)]
    pub fn run<R>(self, f: impl FnOnce() -> R) -> R {
        match self {
            Self::Plain => f(),
            #[cfg(target_arch = "x86_64")]
            Self::V3(simd) => simd.vectorize(f),
            #[cfg(target_arch = "x86_64")]
            Self::V4(simd) => simd.vectorize(f),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => f(),
        }
    }
}

/// Runs `f`, a loop over slices, with the widest vector instructions of this machine.
///
/// `f` is compiled once per instruction set, which works only for code that is inlined into it: write
/// `vectorized(#[inline(always)] || ...)` and mark every function the loop calls `#[inline(always)]`. What is not inlined
/// still runs correctly, at the speed of plain x86-64. Branch-free bodies (`if c { a } else { b }` of two computed
/// values) over zipped or re-sliced slices are what the compiler turns into vector code. The call costs about 2 ns, so wrap
/// the loop over a tile, never one element; and keep `f64::mul_add` out of it (without FMA it is a slow library call).
#[inline(always)]
pub fn vectorized<R>(f: impl FnOnce() -> R) -> R {
    Level::best().run(f)
}
