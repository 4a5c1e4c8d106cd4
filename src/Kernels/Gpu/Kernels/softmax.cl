// The last axis of row-major tensors, a group of 128 work items for each row: item i has elements i, i + 128, …; sums are
// WIDE and joined in a tree. So a row's bits depend on its length alone.
#define GROUP 128

static inline WIDE sum_of_group(WIDE mine, __local WIDE* parts)
{
    parts[LOCAL_ID] = mine;
    BARRIER;
    for (uint step = GROUP / 2; step > 0; step /= 2)
    {
        if (LOCAL_ID < step) parts[LOCAL_ID] += parts[LOCAL_ID + step];
        BARRIER;
    }
    const WIDE sum = parts[0];
    BARRIER;
    return sum;
}

static inline REAL largest_of_row(__global const REAL* x, uint n, __local WIDE* parts)
{
    REAL top = -REAL_INFINITY;
    for (uint i = LOCAL_ID; i < n; i += GROUP)
    {
        const REAL value = x[i];
        top = MAX(top, value);
    }
    parts[LOCAL_ID] = (WIDE)top;
    BARRIER;
    for (uint step = GROUP / 2; step > 0; step /= 2)
    {
        if (LOCAL_ID < step) parts[LOCAL_ID] = MAX(parts[LOCAL_ID], parts[LOCAL_ID + step]);
        BARRIER;
    }
    top = (REAL)parts[0];
    BARRIER;
    return top;
}

// A row whose maximum is infinite is shifted by 0 instead, so that the infinity stays.
static inline REAL finite(REAL top) { return top == REAL_INFINITY || top == -REAL_INFINITY ? (REAL)0 : top; }

__kernel GROUP_OF(GROUP) void softmax(uint n, REAL scale, __global const REAL* x, long x0, __global REAL* y, long y0)
{
    __local WIDE parts[GROUP];
    __global const REAL* from = x + x0 + (ulong)GROUP_X * n;
    __global REAL* to = y + y0 + (ulong)GROUP_X * n;
    const REAL top = largest_of_row(from, n, parts);
    WIDE mine = 0;
    for (uint i = LOCAL_ID; i < n; i += GROUP)
    {
        const REAL e = EXP((from[i] - top) * scale);
        mine += (WIDE)e;
        to[i] = e;
    }
    const REAL factor = (REAL)(1 / sum_of_group(mine, parts));
    for (uint i = LOCAL_ID; i < n; i += GROUP) to[i] *= factor;
}

__kernel GROUP_OF(GROUP) void softmax_adjoint(uint n, REAL scale, __global const REAL* y, long y0, __global const REAL* g, long g0, __global REAL* dx, long dx0)
{
    __local WIDE parts[GROUP];
    const ulong row = (ulong)GROUP_X * n;
    WIDE mine = 0;
    for (uint i = LOCAL_ID; i < n; i += GROUP) mine += (WIDE)(y[y0 + row + i] * g[g0 + row + i]);
    const REAL mean = (REAL)sum_of_group(mine, parts);
    for (uint i = LOCAL_ID; i < n; i += GROUP) dx[dx0 + row + i] = y[y0 + row + i] * (g[g0 + row + i] - mean) * scale;
}

__kernel GROUP_OF(GROUP) void log_sum_exp(uint n, __global const REAL* x, long x0, __global const int* labels, long labels0, __global REAL* y, long y0)
{
    __local WIDE parts[GROUP];
    __global const REAL* from = x + x0 + (ulong)GROUP_X * n;
    const REAL top = finite(largest_of_row(from, n, parts));
    WIDE mine = 0;
    for (uint i = LOCAL_ID; i < n; i += GROUP) mine += (WIDE)EXP(from[i] - top);
    const WIDE sum = sum_of_group(mine, parts);
    if (LOCAL_ID != 0) return;
    WIDE total = log_double(sum) + (WIDE)top;
    if (labels) total -= (WIDE)from[labels[labels0 + GROUP_X]];
    y[y0 + GROUP_X] = (REAL)total;
}

__kernel GROUP_OF(GROUP) void log_sum_exp_adjoint(uint n, __global const REAL* x, long x0, __global const int* labels, long labels0, __global const REAL* g, long g0, __global REAL* dx, long dx0)
{
    __local WIDE parts[GROUP];
    __global const REAL* from = x + x0 + (ulong)GROUP_X * n;
    __global REAL* to = dx + dx0 + (ulong)GROUP_X * n;
    const REAL top = finite(largest_of_row(from, n, parts));
    WIDE mine = 0;
    for (uint i = LOCAL_ID; i < n; i += GROUP) mine += (WIDE)EXP(from[i] - top);
    const WIDE sum = sum_of_group(mine, parts);
    const WIDE each = (WIDE)g[g0 + GROUP_X] / sum;
    const uint label = labels ? (uint)labels[labels0 + GROUP_X] : n;
    for (uint i = LOCAL_ID; i < n; i += GROUP)
    {
        const REAL e = EXP(from[i] - top);
        // The others' share: softmax − 1 would cancel where the label is nearly certain.
        to[i] = i == label ? (REAL)(-each * (sum - (WIDE)e)) : e * (REAL)each;
    }
}
