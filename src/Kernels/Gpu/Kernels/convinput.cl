// The adjoint of a convolution in its image as a product: channels × pixels, over filters and taps. With a stride, pixels
// fall into phases (row mod stride, column mod stride) that meet different taps; each phase is a product of its own, with
// its own piece of the tap table, so nothing is multiplied that does not count. GROUP_Z counts groups × phases.
#define LEFT_BY_DEPTH 0
#define RIGHT_BY_DEPTH 0
#define PARAMETERS ConvShape s, int phases, __global const int* restrict phase, __global const int4* restrict table, __global const REAL* restrict g, long g0, __global const REAL* restrict w, long w0, __global REAL* dx, long dx0, FINISH_PARAMETERS

// phase: start in the table, depth, rows and columns of pixels, first row and column, steps between rows and columns.
#define SETUP \
    phase += 8 * (GROUP_Z % phases); \
    table += phase[0]; \
    const uint rows = s.groupChannels; \
    const uint phaseColumns = phase[3]; \
    const uint area = phase[2] * phaseColumns; \
    const int row1 = phase[4], column1 = phase[5], rowStep = phase[6], columnStep = phase[7]; \
    const uint columns = s.batch * area; \
    if (column0 >= columns) return; \
    const uint depth = phase[1]; \
    const uint group = GROUP_Z / phases; \
    w += w0 + (long)group * s.groupFilters * s.taps;

#define PREPARE_COLUMN(column) \
    const int inside = (column) < columns; \
    const int top = (int)((column) % area / phaseColumns); \
    const int left0 = (int)((column) % phaseColumns); \
    __global const REAL* image = g + g0 + ((long)((column) / area) * s.filters + (long)group * s.groupFilters) * ((long)s.outHeight * s.outWidth) + (long)top * s.outWidth + left0;

#define PREPARE_DEPTH(k)
#define LEFT(row, k) ((((row) < rows) & ((k) < depth)) ? w[(long)(row) * s.kernelTaps + TAP(k, depth).w] : (REAL)0)
#define RIGHT(k, column) patch(inside & ((k) < depth), image, TAP(k, depth), top, left0, s.outHeight, s.outWidth)
#define PREPARE_STORE(column) \
    const long plane = ((long)((column) / area) * s.channels + (long)group * s.groupChannels) * ((long)s.height * s.width) \
        + (long)((column) % area / phaseColumns * rowStep + row1) * s.width + (column) % phaseColumns * columnStep + column1;
#define STORE(row, column, value) \
    { \
        const long place = plane + (long)(row) * ((long)s.height * s.width); \
        FINISHED(value, 0, place) \
        dx[dx0 + place] = value_; \
    }
