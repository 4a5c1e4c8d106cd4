// The one matrix product: y [m, n] = left [m, depth] · right [depth, n], where LEFT and RIGHT say how an element is
// found, STORE what happens to a result. matmul.cl and the convolutions stand before this file and define them.
//
// A group makes a tile of TILE_M × TILE_N results, a work item WORK_M × WORK_N of them in registers, four neighbours
// at a time so that local memory is read in vectors:
//
//            ←── TILE_N = 64 ──→                  work item (ty, tx) of TILE_M/WORK_M × TILE_N/WORK_N
//          ┌────┬────┬─ … ─┬────┐                 holds rows    ty·4 … ty·4+3 of each segment of rows
//   TILE_M │item│item│     │item│                       columns tx·4 … tx·4+3 of each segment of columns
//          └────┴────┴─ … ─┴────┘                 (one segment where WORK is 4, two where it is 8)
//
// The depth is walked in steps of DEPTH: both strips go through registers into local memory, and while one step is
// multiplied, the next is on its way. A result is one chain of FMAs over the depth in order, whatever the tile: its bits
// do not depend on the tile, nor on how many rows or columns there are. What lies outside counts as 0.
#define THREADS_N (TILE_N / WORK_N)
#define THREADS (TILE_M / WORK_M * THREADS_N)
#define SEGMENT_M (TILE_M / (WORK_M / 4))
#define SEGMENT_N (TILE_N / (WORK_N / 4))
#define PITCH_M (TILE_M + 4)
#define PITCH_N (TILE_N + 4)

__kernel GROUP_OF(THREADS) void product(PARAMETERS)
{
    __local REAL4 leftStrip[DEPTH * PITCH_M / 4];
    __local REAL4 rightStrip[DEPTH * PITCH_N / 4];
    __local REAL* left = (__local REAL*)leftStrip;
    __local REAL* right = (__local REAL*)rightStrip;
    const uint me = LOCAL_ID;
    const uint row0 = GROUP_Y * TILE_M;
    const uint column0 = GROUP_X * TILE_N;
    const uint ty = me / THREADS_N;
    const uint tx = me % THREADS_N;
    SETUP
#if !RIGHT_BY_DEPTH
    PREPARE_COLUMN(column0 + RIGHT_COLUMN(0))
#endif
    REAL sums[WORK_M][WORK_N];
#pragma unroll
    for (int i = 0; i < WORK_M; i++)
    {
#pragma unroll
        for (int j = 0; j < WORK_N; j++) sums[i][j] = 0;
    }
    REAL nextLeft[LOADS_M];
    REAL nextRight[LOADS_N];

    LOAD_STEP(0)
    for (uint k0 = 0; k0 < depth; k0 += DEPTH)
    {
#pragma unroll
        for (int u = 0; u < LOADS_M; u++) left[LEFT_K(u) * PITCH_M + LEFT_ROW(u)] = nextLeft[u];
#pragma unroll
        for (int u = 0; u < LOADS_N; u++) right[RIGHT_K(u) * PITCH_N + RIGHT_COLUMN(u)] = nextRight[u];
        BARRIER;
        if (k0 + DEPTH < depth) LOAD_STEP(k0 + DEPTH)
#pragma unroll
        for (int k = 0; k < DEPTH; k++)
        {
            REAL4 a[WORK_M / 4];
            REAL4 b[WORK_N / 4];
#pragma unroll
            for (int s = 0; s < WORK_M / 4; s++) a[s] = leftStrip[(k * PITCH_M + s * SEGMENT_M) / 4 + ty];
#pragma unroll
            for (int s = 0; s < WORK_N / 4; s++) b[s] = rightStrip[(k * PITCH_N + s * SEGMENT_N) / 4 + tx];
#pragma unroll
            for (int s = 0; s < WORK_M / 4; s++)
            {
#pragma unroll
                for (int t = 0; t < WORK_N / 4; t++)
                {
#define ROW_OF_FOUR(i, part) \
    sums[4 * s + i][4 * t] = FMA(a[s].part, b[t].x, sums[4 * s + i][4 * t]); \
    sums[4 * s + i][4 * t + 1] = FMA(a[s].part, b[t].y, sums[4 * s + i][4 * t + 1]); \
    sums[4 * s + i][4 * t + 2] = FMA(a[s].part, b[t].z, sums[4 * s + i][4 * t + 2]); \
    sums[4 * s + i][4 * t + 3] = FMA(a[s].part, b[t].w, sums[4 * s + i][4 * t + 3]);
                    ROW_OF_FOUR(0, x)
                    ROW_OF_FOUR(1, y)
                    ROW_OF_FOUR(2, z)
                    ROW_OF_FOUR(3, w)
                }
            }
        }
        BARRIER;
    }
#pragma unroll
    for (int j = 0; j < WORK_N; j++)
    {
        const uint column = column0 + j / 4 * SEGMENT_N + tx * 4 + j % 4;
        if (column >= columns) continue;
        PREPARE_STORE(column)
#pragma unroll
        for (int i = 0; i < WORK_M; i++)
        {
            const uint row = row0 + i / 4 * SEGMENT_M + ty * 4 + i % 4;
            if (row < rows) STORE(row, column, sums[i][j])
        }
    }
}
