// Pools over planes that lie one after another, a work item for each result.
typedef struct
{
    int height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, padY, padX, dilationY, dilationX;
} PoolShape;

// The largest of a window and its place in the plane: the first of equals, a NaN above all.
__kernel GROUP_OF(256) void max_pool(ulong count, PoolShape s, __global const REAL* x, long x0, __global REAL* y, long y0, __global int* positions, long positions0)
{
    const ulong i = (ulong)GROUP_X * 256 + LOCAL_ID;
    if (i >= count) return;
    const uint area = s.outHeight * s.outWidth;
    const uint output = (uint)(i % area);
    __global const REAL* plane = x + x0 + i / area * ((ulong)s.height * s.width);
    const int top = (int)(output / s.outWidth) * s.strideY - s.padY;
    const int left = (int)(output % s.outWidth) * s.strideX - s.padX;
    int best = -1;
    REAL largest = 0;
    for (int r = 0; r < s.kernelY; r++)
    {
        const int iy = top + r * s.dilationY;
        if (iy < 0 || iy >= s.height) continue;
        for (int q = 0; q < s.kernelX; q++)
        {
            const int ix = left + q * s.dilationX;
            if (ix < 0 || ix >= s.width) continue;
            const REAL value = plane[iy * s.width + ix];
            if (best < 0 || value > largest || value != value)
            {
                best = iy * s.width + ix;
                largest = value;
            }
        }
    }
    y[y0 + i] = largest;
    positions[positions0 + i] = best;
}

// The windows of an average pool, tables one after another: of each output row its first and one past last input row,
// the same of columns; of each input row the first and one past last output row it belongs to, the same of columns.
typedef struct
{
    int height, width, outHeight, outWidth;
} PlaneShape;

__kernel GROUP_OF(256) void average_pool(ulong count, PlaneShape s, __global const int* restrict windows, __global const WIDE* restrict lengths, __global const REAL* x, long x0, __global REAL* y, long y0)
{
    const ulong i = (ulong)GROUP_X * 256 + LOCAL_ID;
    if (i >= count) return;
    const uint area = s.outHeight * s.outWidth;
    const int row = (int)(i % area) / s.outWidth;
    const int column = (int)(i % area) % s.outWidth;
    __global const int* columns = windows + 2 * s.outHeight;
    __global const REAL* plane = x + x0 + i / area * ((ulong)s.height * s.width);
    REAL sum = 0;
    for (int ix = columns[2 * column]; ix < columns[2 * column + 1]; ix++)
    {
        REAL down = 0;
        for (int iy = windows[2 * row]; iy < windows[2 * row + 1]; iy++) down += plane[iy * s.width + ix];
        sum += down;
    }
    y[y0 + i] = sum / (REAL)(lengths[row] * lengths[s.outHeight + column]);
}

__kernel GROUP_OF(256) void average_pool_adjoint(ulong count, PlaneShape s, __global const int* restrict windows, __global const WIDE* restrict lengths, __global const REAL* g, long g0, __global REAL* dx, long dx0)
{
    const ulong i = (ulong)GROUP_X * 256 + LOCAL_ID;
    if (i >= count) return;
    const uint area = s.height * s.width;
    const int iy = (int)(i % area) / s.width;
    const int ix = (int)(i % area) % s.width;
    __global const int* rows = windows + 2 * (s.outHeight + s.outWidth);
    __global const int* columns = rows + 2 * s.height;
    __global const REAL* plane = g + g0 + i / area * ((ulong)s.outHeight * s.outWidth);
    REAL sum = 0;
    for (int row = rows[2 * iy]; row < rows[2 * iy + 1]; row++)
    {
        REAL share = 0;
        for (int column = columns[2 * ix]; column < columns[2 * ix + 1]; column++)
        {
            share += plane[row * s.outWidth + column] / (REAL)(lengths[row] * lengths[s.outHeight + column]);
        }
        sum += share;
    }
    dx[dx0 + i] = sum;
}
