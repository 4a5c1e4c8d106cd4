// A convolution as a product: filters × pixels of all images, over the taps of a group; the patches are never stored.
// A work item always loads the same pixel of the right strip, so its place in the image is found once.
#define LEFT_BY_DEPTH 1
#define RIGHT_BY_DEPTH 0
#define PARAMETERS ConvShape s, __global const int4* restrict table, __global const REAL* restrict x, long x0, __global const REAL* restrict w, long w0, __global REAL* y, long y0, FINISH_PARAMETERS

#define SETUP \
    const uint rows = s.groupFilters; \
    const uint area = s.outHeight * s.outWidth; \
    const uint columns = s.batch * area; \
    const uint depth = s.taps; \
    const uint filter0 = GROUP_Z * s.groupFilters; \
    w += w0 + (long)filter0 * s.taps;

#define PREPARE_COLUMN(column) \
    const int inside = (column) < columns; \
    const uint pixel = (column) % area; \
    const int top = (int)(pixel / s.outWidth) * s.strideY - s.padY; \
    const int left0 = (int)(pixel % s.outWidth) * s.strideX - s.padX; \
    __global const REAL* image = x + x0 + ((long)((column) / area) * s.channels + (long)GROUP_Z * s.groupChannels) * ((long)s.height * s.width) + (long)top * s.width + left0;

#define PREPARE_DEPTH(k)
#define LEFT(row, k) ((row) < rows && (k) < depth ? w[(long)(row) * s.taps + (k)] : (REAL)0)
#define RIGHT(k, column) patch(inside & ((k) < depth), image, TAP(k, depth), top, left0, s.height, s.width)
#define PREPARE_STORE(column) const long plane = ((long)((column) / area) * s.filters + filter0) * area + (column) % area;
#define STORE(row, column, value) \
    { \
        const long place = plane + (long)(row) * area; \
        FINISHED(value, filter0 + (row), place) \
        y[y0 + place] = value_; \
    }
