// How a group of THREADS work items loads the next DEPTH columns of the left strip and rows of the right one, for gemm.cl
// and tensor.cl: LOADS_M and LOADS_N elements each, into nextLeft and nextRight.
#define LOADS_M (TILE_M * DEPTH / THREADS)
#define LOADS_N (TILE_N * DEPTH / THREADS)

// Which element of a strip a work item loads: neighbours along the depth, or along the tile's edge.
#if LEFT_BY_DEPTH
#define LEFT_K(u) (me % DEPTH)
#define LEFT_ROW(u) (me / DEPTH + (u) * (THREADS / DEPTH))
#else
#define LEFT_K(u) (me / TILE_M + (u) * (THREADS / TILE_M))
#define LEFT_ROW(u) (me % TILE_M)
#endif
#if RIGHT_BY_DEPTH
#define RIGHT_K(u) (me % DEPTH)
#define RIGHT_COLUMN(u) (me / DEPTH + (u) * (THREADS / DEPTH))
#else
#define RIGHT_K(u) (me / TILE_N + (u) * (THREADS / TILE_N))
#define RIGHT_COLUMN(u) (me % TILE_N)
#endif

#define LOAD_STEP(k0) \
    { \
        PREPARE_DEPTH((k0) + me % DEPTH) \
        _Pragma("unroll") for (int u = 0; u < LOADS_M; u++) nextLeft[u] = LEFT(row0 + LEFT_ROW(u), (k0) + LEFT_K(u)); \
        _Pragma("unroll") for (int u = 0; u < LOADS_N; u++) nextRight[u] = RIGHT((k0) + RIGHT_K(u), column0 + RIGHT_COLUMN(u)); \
    }
