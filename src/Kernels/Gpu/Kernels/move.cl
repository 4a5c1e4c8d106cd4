// Filling and copying in any layout; IN and OUT are element types, TO_OUT converts as the processor does.
__kernel GROUP_OF(256) void fill(ulong count, Sizes sizes, Steps stepsY, __global OUT* y, OUT value)
{
    const ulong i = (ulong)GROUP_X * 256 + LOCAL_ID;
    if (i >= count) return;
    y[sizes.axes == 0 ? stepsY.offset + (long)i : place_of((uint)i, sizes, stepsY)] = value;
}

// sizes.axes = 0 marks operands that lie together.
__kernel GROUP_OF(256) void copy(ulong count, Sizes sizes, Steps stepsX, Steps stepsY, __global const IN* x, __global OUT* y)
{
    const ulong i = (ulong)GROUP_X * 256 + LOCAL_ID;
    if (i >= count) return;
    if (sizes.axes == 0) y[stepsY.offset + (long)i] = TO_OUT(x[stepsX.offset + (long)i]);
    else y[place_of((uint)i, sizes, stepsY)] = TO_OUT(x[place_of((uint)i, sizes, stepsX)]);
}

// A plane whose rows lie together in y and whose columns lie together in x. A group of 256 work items moves a square of
// 32 × 32 through local memory, reading along x and writing along y; the column more keeps the banks apart.
//
//   x: across →            y: along →
//      a a a a                a b c d        work item (i, j): reads x row j + 8k, column i of the square,
//      b b b b       →        a b c d                          writes y row j + 8k, column i
__kernel GROUP_OF(256) void turn(uint along, uint across, long downX, long downY, ulong planes, long planeX, long planeY, long x0, long y0, __global const IN* x, __global OUT* y)
{
    __local IN square[32][33];
    const uint i = LOCAL_ID % 32;
    const uint j = LOCAL_ID / 32;
    const uint left = GROUP_X * 32;
    const uint top = GROUP_Y * 32;
    for (ulong plane = GROUP_Z; plane < planes; plane += 65535)
    {
        const long from = x0 + (long)plane * planeX;
        const long to = y0 + (long)plane * planeY;
        for (uint part = 0; part < 32; part += 8)
        {
            const uint column = left + j + part;
            if (column < along && top + i < across) square[j + part][i] = x[from + (long)column * downX + top + i];
        }
        BARRIER;
        for (uint part = 0; part < 32; part += 8)
        {
            const uint row = top + j + part;
            if (row < across && left + i < along) y[to + (long)row * downY + left + i] = TO_OUT(square[i][j + part]);
        }
        BARRIER;
    }
}
