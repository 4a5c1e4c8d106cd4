// y [o, n, i] = Σ g [o, m, i] where index [o, m, i] = n, in order of m and without atomic additions. A group has one
// (o, i): it reads indices and numbers 128 at a time into local memory, and each work item adds those that fall into
// its own part of the n results, so no two items ever write the same place.
//
//   index  | 128 of m | 128 of m | …      every item looks at all of them, in order
//   y      | item 0 | item 1 | item 2 …   parts of ⌈n / 128⌉ neighbours
#define GROUP 128

__kernel GROUP_OF(GROUP) void scatter_add(uint m, uint inner, int n, Steps stepsG, Steps stepsIndex, __global const REAL* g, __global const int* index, __global REAL* y, long y0, __global int* fault)
{
    __local int places[GROUP];
    __local REAL numbers[GROUP];
    const uint me = LOCAL_ID;
    const long i = (long)(GROUP_X % inner);
    const long o = (long)(GROUP_X / inner);
    const int part = (n + GROUP - 1) / GROUP;
    const int first = MIN(n, (int)me * part);
    const int last = MIN(n, first + part);
    __global REAL* to = y + y0 + o * n * (long)inner + i;
    for (int k = first; k < last; k++) to[(long)k * inner] = 0;
    for (uint start = 0; start < m; start += GROUP)
    {
        const long row = (long)(start + me);
        BARRIER;
        places[me] = -1;
        if (row < (long)m)
        {
            const int k = index[stepsIndex.offset + o * stepsIndex.stride[0] + row * stepsIndex.stride[1] + i * stepsIndex.stride[2]];
            if (k < 0 || k >= n) report(fault, 2, k, n);
            places[me] = k;
            numbers[me] = g[stepsG.offset + o * stepsG.stride[0] + row * stepsG.stride[1] + i * stepsG.stride[2]];
        }
        BARRIER;
        for (uint r = 0; r < MIN((uint)GROUP, m - start); r++)
        {
            const int k = places[r];
            if (k >= first && k < last) to[(long)k * inner] += numbers[r];
        }
    }
}
