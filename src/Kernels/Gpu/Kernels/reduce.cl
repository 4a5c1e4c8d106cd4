// Sums (in WIDE) and maxima over the middle axis of x [outer, n, inner], in chunks of CHUNK elements: y is
// [outer, chunks, inner]. The host calls again over the chunks until one is left, so the order of additions follows from
// n alone.
//
// rows:     inner = 1 or small; a group for each output and chunk. Item i takes elements i, i + 256, …; then a tree.
// columns:  inner large; a work item for each output and chunk, elements in order.
#ifdef REDUCE_MAX
#define START (-(ACC)REAL_INFINITY)
#define JOIN(a, b) MAX(a, b)
#else
#define START ((ACC)0)
#define JOIN(a, b) ((a) + (b))
#endif

#define GROUP 256

__kernel GROUP_OF(GROUP) void rows(uint n, uint chunk, uint chunks, uint inner, long strideOuter, long strideN, long strideInner, __global const IN* x, long x0, __global OUT* y, long y0)
{
    __local ACC parts[GROUP];
    const uint me = LOCAL_ID;
    const ulong output = GROUP_X;
    const ulong line = output / chunks;
    const uint first = (uint)(output % chunks) * chunk;
    const uint last = MIN(n, first + chunk);
    __global const IN* from = x + x0 + (long)(line / inner) * strideOuter + (long)(line % inner) * strideInner;
    ACC sum = START;
    for (uint k = first + me; k < last; k += GROUP)
    {
        const ACC value = (ACC)from[(long)k * strideN];
        sum = JOIN(sum, value);
    }
    parts[me] = sum;
    BARRIER;
    for (uint step = GROUP / 2; step > 0; step /= 2)
    {
        if (me < step) parts[me] = JOIN(parts[me], parts[me + step]);
        BARRIER;
    }
    if (me == 0) y[y0 + ((line / inner) * chunks + output % chunks) * inner + line % inner] = (OUT)parts[0];
}

__kernel GROUP_OF(GROUP) void columns(ulong outputs, uint n, uint chunk, uint chunks, uint inner, long strideOuter, long strideN, long strideInner, __global const IN* x, long x0, __global OUT* y, long y0)
{
    const ulong output = (ulong)GROUP_X * GROUP + LOCAL_ID;
    if (output >= outputs) return;
    const ulong piece = output / inner;
    const uint column = (uint)(output % inner);
    const uint first = (uint)(piece % chunks) * chunk;
    const uint last = MIN(n, first + chunk);
    __global const IN* from = x + x0 + (long)(piece / chunks) * strideOuter + (long)column * strideInner;
    ACC sum = START;
    for (uint k = first; k < last; k++)
    {
        const ACC value = (ACC)from[(long)k * strideN];
        sum = JOIN(sum, value);
    }
    y[y0 + output] = (OUT)sum;
}
