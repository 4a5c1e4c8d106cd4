// y [o, i, m, n] = a [o, i, m, k] · c [o, i, k, n]: any strides in a and c, neighbouring columns in y. GROUP_Z counts items.
typedef struct
{
    uint rows, columns, depth, inner;
    long aOuter, aInner, aRow, aDepth;
    long cOuter, cInner, cDepth, cColumn;
    long yOuter, yInner, yRow;
} MatMulShape;

#define PARAMETERS uint item0, MatMulShape s, __global const REAL* restrict a, long a0, __global const REAL* restrict c, long c0, __global REAL* y, long y0, FINISH_PARAMETERS

#define SETUP \
    const uint rows = s.rows; \
    const uint columns = s.columns; \
    const uint depth = s.depth; \
    const uint item = item0 + GROUP_Z; \
    a += a0 + (long)(item / s.inner) * s.aOuter + (long)(item % s.inner) * s.aInner; \
    c += c0 + (long)(item / s.inner) * s.cOuter + (long)(item % s.inner) * s.cInner; \
    const long result0 = (long)(item / s.inner) * s.yOuter + (long)(item % s.inner) * s.yInner;

#define PREPARE_COLUMN(column)
#define PREPARE_DEPTH(k)
#define LEFT(row, k) ((row) < rows && (k) < depth ? a[(long)(row) * s.aRow + (long)(k) * s.aDepth] : (REAL)0)
#define RIGHT(k, column) ((k) < depth && (column) < columns ? c[(long)(k) * s.cDepth + (long)(column) * s.cColumn] : (REAL)0)
#define PREPARE_STORE(column)
#define STORE(row, column, value) \
    { \
        const long place = result0 + (long)(row) * s.yRow + (column); \
        FINISHED(value, column, place) \
        y[y0 + place] = value_; \
    }
