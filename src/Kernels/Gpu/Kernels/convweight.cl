// The adjoint of a convolution in its weights as a product: filters × taps, over the pixels of a chunk of images. Chunks
// are sums of their own, [chunks, filters, taps], which the host adds in order. GROUP_Z counts groups × chunks.
#define LEFT_BY_DEPTH 1
#define RIGHT_BY_DEPTH 1
#define PARAMETERS ConvShape s, int chunks, int chunkImages, __global const int4* restrict table, __global const REAL* restrict x, long x0, __global const REAL* restrict g, long g0, __global REAL* dw, long dw0

#define SETUP \
    const uint rows = s.groupFilters; \
    const uint columns = s.taps; \
    const uint area = s.outHeight * s.outWidth; \
    const uint group = GROUP_Z / chunks; \
    const uint chunk = GROUP_Z % chunks; \
    const uint depth = MIN(chunkImages, s.batch - (int)chunk * chunkImages) * area; \
    x += x0 + ((long)chunk * chunkImages * s.channels + (long)group * s.groupChannels) * ((long)s.height * s.width); \
    g += g0 + ((long)chunk * chunkImages * s.filters + (long)group * s.groupFilters) * area;

#define PREPARE_DEPTH(k) \
    const uint pixel = (k) % area; \
    const int top = (int)(pixel / s.outWidth) * s.strideY - s.padY; \
    const int left0 = (int)(pixel % s.outWidth) * s.strideX - s.padX; \
    __global const REAL* image = x + (long)((k) / area) * s.channels * ((long)s.height * s.width) + (long)top * s.width + left0; \
    __global const REAL* slope = g + (long)((k) / area) * s.filters * area + pixel;

#define LEFT(row, k) ((row) < rows && (k) < depth ? slope[(long)(row) * area] : (REAL)0)
#define RIGHT(k, column) patch(((k) < depth) & ((column) < columns), image, TAP(column, columns), top, left0, s.height, s.width)
#define PREPARE_STORE(column)
#define STORE(row, column, value) dw[dw0 + ((long)chunk * s.filters + group * rows + (row)) * s.taps + (column)] = value;
