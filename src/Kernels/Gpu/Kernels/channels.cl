// Images as [N, C, P]: a plane of P pixels lies together, a channel is N planes.
__kernel GROUP_OF(256) void channel_blend(ulong count, uint channels, uint pixels, __global const REAL* a, long a0, __global const REAL* ka, long ka0,
    __global const REAL* b, long b0, __global const REAL* kb, long kb0, __global const REAL* k0, long k00, int rectify, __global REAL* y, long y0)
{
    const ulong i = (ulong)GROUP_X * 256 + LOCAL_ID;
    if (i >= count) return;
    const uint channel = (uint)(i / pixels % channels);
    const REAL factor = ka[ka0 + channel];
    const REAL shift = k0[k00 + channel];
    const REAL value = b ? a[a0 + i] * factor + (b[b0 + i] * kb[kb0 + channel] + shift) : a[a0 + i] * factor + shift;
    y[y0 + i] = rectify && value < 0 ? (REAL)0 : value;
}

// Σ a and Σ a·b of a channel over a chunk of images, as sums [chunks, 2, C]; a group for each channel and chunk.
__kernel GROUP_OF(256) void channel_sums(uint images, uint chunk, uint channels, uint pixels, __global const REAL* a, long a0, __global const REAL* b, long b0, __global WIDE* sums)
{
    __local WIDE plain[256];
    __local WIDE product[256];
    const uint me = LOCAL_ID;
    const uint channel = GROUP_X;
    const uint first = GROUP_Y * chunk;
    const uint last = MIN(images, first + chunk);
    WIDE sum = 0;
    WIDE with = 0;
    for (uint image = first; image < last; image++)
    {
        const ulong plane = ((ulong)image * channels + channel) * pixels;
        for (uint i = me; i < pixels; i += 256)
        {
            const WIDE value = (WIDE)a[a0 + plane + i];
            sum += value;
            with += value * (WIDE)b[b0 + plane + i];
        }
    }
    plain[me] = sum;
    product[me] = with;
    BARRIER;
    for (uint step = 128; step > 0; step /= 2)
    {
        if (me < step)
        {
            plain[me] += plain[me + step];
            product[me] += product[me + step];
        }
        BARRIER;
    }
    if (me != 0) return;
    sums[((ulong)GROUP_Y * 2) * channels + channel] = plain[0];
    sums[((ulong)GROUP_Y * 2 + 1) * channels + channel] = product[0];
}
