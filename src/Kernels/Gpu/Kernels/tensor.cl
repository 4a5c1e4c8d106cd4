// The matrix product of gemm.cl on tensor cores: the same places of LEFT, RIGHT and STORE, but operands are rounded to
// TF32 (8 bits of exponent, 10 of fraction) and 32 work items together, a warp, multiply 16 × 8 by 8 × 8 at a time:
//
//            ←── TILE_N = 128 ──→                 a warp holds WARP_M × WARP_N = 64 × 32 results,
//          ┌──────┬──────┬──────┬──────┐          4 × 4 fragments of 16 × 8; of a fragment the work item
//   TILE_M │warp 0│warp 1│warp 2│warp 3│          with quarter q = lane / 4 and place p = lane % 4 holds
//    = 128 ├──────┼──────┼──────┼──────┤            results  (q, 2p) (q, 2p + 1) (q + 8, 2p) (q + 8, 2p + 1)
//          │warp 4│warp 5│warp 6│warp 7│            left     (q, p) (q + 8, p) (q, p + 4) (q + 8, p + 4)   row, depth
//          └──────┴──────┴──────┴──────┘            right    (p, q) (p + 4, q)                             depth, column
//
// Two steps of the depth are in local memory: one is multiplied while the other is written. The pitch, 8 more than a
// multiple of 32, sends the 32 reads of a fragment to 32 banks. A result's order of additions follows from the depth
// alone, as in gemm.cl.
#define WARPS_N (TILE_N / WARP_N)
#define THREADS (TILE_M / WARP_M * WARPS_N * 32)
#define FRAGMENTS_M (WARP_M / 16)
#define FRAGMENTS_N (WARP_N / 8)
#define PITCH_M (TILE_M + 8)
#define PITCH_N (TILE_N + 8)

// The nearest number of 10 bits of fraction, halves away from zero; infinities and NaN stay.
static inline uint rounded(float x)
{
    const uint bits = as_uint(x);
    return (bits & 0x7F800000u) == 0x7F800000u ? bits : (bits + 0x1000u) & 0xFFFFE000u;
}

#ifdef AHEAD_OF_TIME_PTX
#define EXCHANGE
#define UNROLLED _Pragma("unroll")
#define MULTIPLY(d, a, b) \
    __asm__ volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};" \
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
// The same by ordinary means, for devices that only test it: every work item lays out what it holds, then each collects
// the rows and columns of its own results.
#define EXCHANGE __local uint held[THREADS][6];
#define UNROLLED _Pragma("nounroll")
#define MULTIPLY(d, a, b) \
    for (int i_ = 0; i_ < 4; i_++) held[me][i_] = a[i_]; \
    for (int i_ = 0; i_ < 2; i_++) held[me][4 + i_] = b[i_]; \
    BARRIER; \
    for (int i_ = 0; i_ < 4; i_++) \
    { \
        const uint row_ = lane / 4 + i_ / 2 * 8; \
        const uint column_ = lane % 4 * 2 + i_ % 2; \
        for (uint k_ = 0; k_ < 8; k_++) \
        { \
            d[i_] = FMA(as_float(held[me - lane + row_ % 8 * 4 + k_ % 4][row_ / 8 + k_ / 4 * 2]), as_float(held[me - lane + column_ * 4 + k_ % 4][4 + k_ / 4]), d[i_]); \
        } \
    } \
    BARRIER;
#endif

__kernel GROUP_OF(THREADS) void product(PARAMETERS)
{
    __local uint left[2][DEPTH][PITCH_M];
    __local uint right[2][DEPTH][PITCH_N];
    EXCHANGE
    const uint me = LOCAL_ID;
    const uint lane = me % 32;
    const uint row0 = GROUP_Y * TILE_M;
    const uint column0 = GROUP_X * TILE_N;
    const uint warpRow = me / 32 / WARPS_N * WARP_M;
    const uint warpColumn = me / 32 % WARPS_N * WARP_N;
    SETUP
#if !RIGHT_BY_DEPTH
    PREPARE_COLUMN(column0 + RIGHT_COLUMN(0))
#endif
    float sums[FRAGMENTS_M][FRAGMENTS_N][4];
#pragma unroll
    for (int i = 0; i < FRAGMENTS_M; i++)
    {
#pragma unroll
        for (int j = 0; j < FRAGMENTS_N; j++)
        {
#pragma unroll
            for (int part = 0; part < 4; part++) sums[i][j][part] = 0;
        }
    }
    float nextLeft[LOADS_M];
    float nextRight[LOADS_N];

#define KEEP_STEP(half) \
    { \
        _Pragma("unroll") for (int u = 0; u < LOADS_M; u++) left[half][LEFT_K(u)][LEFT_ROW(u)] = rounded(nextLeft[u]); \
        _Pragma("unroll") for (int u = 0; u < LOADS_N; u++) right[half][RIGHT_K(u)][RIGHT_COLUMN(u)] = rounded(nextRight[u]); \
    }

    LOAD_STEP(0)
    KEEP_STEP(0)
    BARRIER;
    uint now = 0;
    for (uint k0 = 0; k0 < depth; k0 += DEPTH)
    {
        const bool more = k0 + DEPTH < depth;
        if (more) LOAD_STEP(k0 + DEPTH)
        UNROLLED
        for (int k = 0; k < DEPTH; k += 8)
        {
            uint b[FRAGMENTS_N][2];
#pragma unroll
            for (int j = 0; j < FRAGMENTS_N; j++)
            {
                b[j][0] = right[now][k + lane % 4][warpColumn + j * 8 + lane / 4];
                b[j][1] = right[now][k + lane % 4 + 4][warpColumn + j * 8 + lane / 4];
            }
            UNROLLED
            for (int i = 0; i < FRAGMENTS_M; i++)
            {
                uint a[4];
                a[0] = left[now][k + lane % 4][warpRow + i * 16 + lane / 4];
                a[1] = left[now][k + lane % 4][warpRow + i * 16 + lane / 4 + 8];
                a[2] = left[now][k + lane % 4 + 4][warpRow + i * 16 + lane / 4];
                a[3] = left[now][k + lane % 4 + 4][warpRow + i * 16 + lane / 4 + 8];
                UNROLLED
                for (int j = 0; j < FRAGMENTS_N; j++)
                {
                    MULTIPLY(sums[i][j], a, b[j])
                }
            }
        }
        if (more) KEEP_STEP(1 - now)
        now = 1 - now;
        BARRIER;
    }
#pragma unroll
    for (int j = 0; j < FRAGMENTS_N; j++)
    {
#pragma unroll
        for (int part = 0; part < 2; part++)
        {
            const uint column = column0 + warpColumn + j * 8 + lane % 4 * 2 + part;
            if (column >= columns) continue;
            PREPARE_STORE(column)
#pragma unroll
            for (int i = 0; i < FRAGMENTS_M; i++)
            {
#pragma unroll
                for (int down = 0; down < 2; down++)
                {
                    const uint row = row0 + warpRow + i * 16 + down * 8 + lane / 4;
                    if (row < rows) STORE(row, column, sums[i][j][2 * down + part])
                }
            }
        }
    }
}
