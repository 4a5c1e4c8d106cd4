// The sizes of a convolution, as ConvShape on the host. A tap table has for each tap the place it adds to an image, the
// rows and columns it adds, and the place of its weight.
typedef struct
{
    int batch, channels, height, width, filters, outHeight, outWidth;
    int strideY, strideX, padY, padX, groupChannels, groupFilters, taps, kernelTaps;
} ConvShape;

// The element of an image that a tap meets from a pixel at (top, left); 0 in the border. The image pointer is at that pixel.
static inline REAL patch(__global const REAL* image, const int4 tap, int top, int left, int height, int width)
{
    return (uint)(top + tap.y) < (uint)height && (uint)(left + tap.z) < (uint)width ? image[tap.x] : (REAL)0;
}
