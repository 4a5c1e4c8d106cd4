// Elements by index along the middle axis. T is the element type, which gather only moves.
// y [o, m, i] = x [o, index[o, m, i], i]; a work item for each result.
__kernel GROUP_OF(256) void gather(ulong count, uint m, uint inner, int n, Steps stepsX, Steps stepsIndex, __global const T* x, __global const int* index, __global T* y, long y0, __global int* fault)
{
    const ulong at = (ulong)GROUP_X * 256 + LOCAL_ID;
    if (at >= count) return;
    const long i = (long)(at % inner);
    const long row = (long)(at / inner % m);
    const long o = (long)(at / inner / m);
    const int k = index[stepsIndex.offset + o * stepsIndex.stride[0] + row * stepsIndex.stride[1] + i * stepsIndex.stride[2]];
    if (k < 0 || k >= n)
    {
        report(fault, 1, k, n);
        return;
    }
    y[y0 + at] = x[stepsX.offset + o * stepsX.stride[0] + k * stepsX.stride[1] + i * stepsX.stride[2]];
}
