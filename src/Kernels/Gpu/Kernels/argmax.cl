// The first position of the maximum over the middle axis of x [outer, n, inner]; the first NaN counts as the maximum.
// A group for each output: item i looks at i, i + 64, …; a tree of pairs (value, position) finds the winner.
#define GROUP 64
#define WINS(value, place, champion, at) \
    ((value) > (champion) || ((value) != (value) && (champion) == (champion)) \
     || (((value) == (champion) || ((value) != (value) && (champion) != (champion))) && (place) < (at)))

__kernel GROUP_OF(GROUP) void argmax(uint n, uint inner, long strideOuter, long strideN, long strideInner, __global const REAL* x, long x0, __global int* y, long y0)
{
    __local REAL values[GROUP];
    __local int places[GROUP];
    const uint me = LOCAL_ID;
    __global const REAL* from = x + x0 + (long)(GROUP_X / inner) * strideOuter + (long)(GROUP_X % inner) * strideInner;
    // Items beyond the end start with the first element: it never wins over itself.
    int best = me < n ? (int)me : 0;
    REAL champion = from[(long)best * strideN];
    for (uint k = me + GROUP; k < n; k += GROUP)
    {
        const REAL value = from[(long)k * strideN];
        if (WINS(value, (int)k, champion, best))
        {
            champion = value;
            best = (int)k;
        }
    }
    values[me] = champion;
    places[me] = best;
    BARRIER;
    for (uint step = GROUP / 2; step > 0; step /= 2)
    {
        if (me < step && WINS(values[me + step], places[me + step], values[me], places[me]))
        {
            values[me] = values[me + step];
            places[me] = places[me + step];
        }
        BARRIER;
    }
    if (me == 0) y[y0 + GROUP_X] = places[0];
}
