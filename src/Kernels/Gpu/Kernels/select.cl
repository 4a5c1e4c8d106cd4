// y = mask ? a : b in any layout.
__kernel GROUP_OF(256) void select_where(uint count, Sizes sizes, Steps stepsMask, Steps stepsA, Steps stepsB, Steps stepsY,
    __global const uchar* mask, __global const REAL* a, __global const REAL* b, __global REAL* y)
{
    const uint i = GROUP_X * 256 + LOCAL_ID;
    if (i >= count) return;
    y[place_of(i, sizes, stepsY)] = mask[place_of(i, sizes, stepsMask)] ? a[place_of(i, sizes, stepsA)] : b[place_of(i, sizes, stepsB)];
}
