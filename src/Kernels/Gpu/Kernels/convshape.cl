// The sizes of a convolution, as ConvShape on the host. A tap table has for each tap the place it adds to an image, the
// rows and columns it adds, and the place of its weight.
typedef struct
{
    int batch, channels, height, width, filters, outHeight, outWidth;
    int strideY, strideX, padY, padX, groupChannels, groupFilters, taps, kernelTaps;
} ConvShape;

// The element of an image that a tap meets from a pixel at (top, left); 0 in the border and where nothing is wanted. The
// image pointer is at that pixel. One condition of all parts, and taps that are read in any case (tap 0 where there is no
// other): so a step's loads have no branches between them and are on their way together.
static inline REAL patch(int wanted, __global const REAL* image, const int4 tap, int top, int left, int height, int width)
{
    return (wanted & ((uint)(top + tap.y) < (uint)height) & ((uint)(left + tap.z) < (uint)width)) ? image[tap.x] : (REAL)0;
}

#define TAP(number, count) table[(number) < (count) ? (number) : 0]
