// Layer normalisation over the last axis of row-major tensors, a group of 128 work items for each row, moments in WIDE;
// sum_of_group is that of softmax.cl.
__kernel GROUP_OF(GROUP) void normalize_rows(uint n, WIDE epsilon, __global const REAL* x, long x0, __global const REAL* scale, long scale0,
    __global const REAL* shift, long shift0, __global REAL* y, long y0, __global WIDE* moments, long moments0)
{
    __local WIDE parts[GROUP];
    __global const REAL* from = x + x0 + (ulong)GROUP_X * n;
    WIDE mine = 0;
    for (uint i = LOCAL_ID; i < n; i += GROUP) mine += (WIDE)from[i];
    const WIDE mean = sum_of_group(mine, parts) / n;
    mine = 0;
    for (uint i = LOCAL_ID; i < n; i += GROUP)
    {
        const WIDE d = (WIDE)from[i] - mean;
        mine += d * d;
    }
    const WIDE inverse = 1 / SQRT_double(sum_of_group(mine, parts) / n + epsilon);
    for (uint i = LOCAL_ID; i < n; i += GROUP)
    {
        const WIDE normal = ((WIDE)from[i] - mean) * inverse;
        y[y0 + (ulong)GROUP_X * n + i] = (REAL)(normal * (scale ? (WIDE)scale[scale0 + i] : 1) + (shift ? (WIDE)shift[shift0 + i] : 0));
    }
    if (moments && LOCAL_ID == 0)
    {
        moments[moments0 + 2 * (ulong)GROUP_X] = mean;
        moments[moments0 + 2 * (ulong)GROUP_X + 1] = inverse;
    }
}

__kernel GROUP_OF(GROUP) void normalize_rows_adjoint(uint n, __global const REAL* g, long g0, __global const REAL* x, long x0,
    __global const REAL* scale, long scale0, __global const WIDE* moments, long moments0, __global const REAL* sum, long sum0, __global REAL* dx, long dx0)
{
    __local WIDE parts[GROUP];
    const ulong row = (ulong)GROUP_X * n;
    const WIDE mean = moments[moments0 + 2 * (ulong)GROUP_X];
    const WIDE inverse = moments[moments0 + 2 * (ulong)GROUP_X + 1];
    WIDE plain = 0;
    WIDE weighted = 0;
    for (uint i = LOCAL_ID; i < n; i += GROUP)
    {
        const WIDE u = (WIDE)g[g0 + row + i] * (scale ? (WIDE)scale[scale0 + i] : 1);
        plain += u;
        weighted += u * (((WIDE)x[x0 + row + i] - mean) * inverse);
    }
    const WIDE middle = sum_of_group(plain, parts) / n;
    const WIDE along = sum_of_group(weighted, parts) / n;
    for (uint i = LOCAL_ID; i < n; i += GROUP)
    {
        const WIDE u = (WIDE)g[g0 + row + i] * (scale ? (WIDE)scale[scale0 + i] : 1);
        const WIDE normal = ((WIDE)x[x0 + row + i] - mean) * inverse;
        dx[dx0 + row + i] = (REAL)(inverse * (u - middle - normal * along) + (sum ? (WIDE)sum[sum0 + row + i] : 0));
    }
}
