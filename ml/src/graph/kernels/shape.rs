//! Moving numbers without changing them. Generic over their type, since shapes
//! are computed in integers.

/// Row-major distances between neighbours along each axis.
pub(crate) fn strides(shape: &[usize]) -> Vec<usize> {
    (0..shape.len())
        .map(|i| shape[i + 1..].iter().product())
        .collect()
}

/// Reads `from` along `lengths` with the given distances, beginning at `start`.
pub(crate) fn gather<T: Copy>(
    from: &[T],
    start: usize,
    lengths: &[usize],
    apart: &[isize],
    out: &mut [T],
) {
    let Some((&inner, outer)) = lengths.split_last() else {
        out[0] = from[start];
        return;
    };
    if out.is_empty() {
        return;
    }
    let (step, apart) = (apart[outer.len()], &apart[..outer.len()]);
    let mut index = vec![0usize; outer.len()];
    let mut at = start as isize;
    for line in out.chunks_exact_mut(inner) {
        if step == 1 {
            line.copy_from_slice(&from[at as usize..][..inner]);
        } else {
            for (i, y) in line.iter_mut().enumerate() {
                *y = from[(at + i as isize * step) as usize];
            }
        }
        for i in (0..outer.len()).rev() {
            index[i] += 1;
            at += apart[i];
            if index[i] < outer[i] {
                break;
            }
            at -= apart[i] * outer[i] as isize;
            index[i] = 0;
        }
    }
}

/// Parts side by side along `axis`; `parts` are shapes and numbers that agree
/// in all other axes.
pub(crate) fn concat<T: Copy>(parts: &[(&[usize], &[T])], axis: usize, out: &mut [T]) {
    let run = |shape: &[usize]| shape[axis..].iter().product::<usize>();
    let total: usize = parts.iter().map(|(shape, _)| run(shape)).sum();
    let mut first = 0;
    for (shape, data) in parts {
        let own = run(shape);
        if own > 0 {
            for (to, from) in out.chunks_exact_mut(total).zip(data.chunks_exact(own)) {
                to[first..first + own].copy_from_slice(from);
            }
        }
        first += own;
    }
}

/// An axis counted from either end.
pub(crate) fn axis(axis: i64, rank: usize) -> Option<usize> {
    let at = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(at).ok().filter(|&at| at <= rank)
}
