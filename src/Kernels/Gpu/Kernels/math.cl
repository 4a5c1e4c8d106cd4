// Elementary functions of our own, for the OpenCL drivers and for the PTX of the CUDA driver, which is compiled
// without a device library. They use nothing but correctly rounded operations (no division of floats, which OpenCL
// leaves inexact), so every device gives the same bits. Contraction of a * b + c must be off: FMA stands where it is
// meant. Needs the prelude's FMA, RINT, FABS (of either type) and MUL_HI_ULONG.
//
// The series are those of Taylor, long enough that what is left out is far below the last bit; the coefficients of
// exp_float and log_float are those of S. Moshier's Cephes. Largest errors in units in the last place, measured against
// double arithmetic for every float, and against 64-bit fractions for 10⁸ random and edge doubles:
//
//            exp    log    sin    cos
//   float   1.03   0.87   0.50   0.50
//   double  0.79   0.89   0.76   0.75
//
// `static inline`: with `inline` alone, as in C99, a function that the compiler chooses not to inline has no body.

// ---- exp -----------------------------------------------------------------------------------------------------------

static inline float power_of_two_float(int n) { return as_float((uint)(n + 127) << 23); }

static inline double power_of_two_double(int n) { return as_double((ulong)(n + 1023) << 52); }

// eˣ, operation for operation as in SingleExp.cs, so the bits are those of a CPU with FMA.
static inline float exp_float(float x)
{
    const float whole_float = 12582912.0f; // 1.5 · 2²³: added, it leaves the nearest whole number in the last bits

    // Beyond these eˣ is infinite or rounds to 0. The comparisons let a NaN pass.
    x = 89.0f < x ? 89.0f : x;
    x = -104.0f > x ? -104.0f : x;
    float shifted = FMA_float(x, 1.44269504f, whole_float);
    int n = as_int(shifted) - as_int(whole_float);
    float whole = shifted - whole_float;
    float r = FMA_float(whole, -0.693359375f, x);
    r = FMA_float(whole, 2.12194440e-4f, r);

    float square = r * r;
    float high = FMA_float(1.9875691500e-4f, r, 1.3981999507e-3f);
    float middle = FMA_float(8.3334519073e-3f, r, 4.1665795894e-2f);
    float low = FMA_float(1.6666665459e-1f, r, 5.0000001201e-1f);
    float p = FMA_float(FMA_float(high, square, middle), square, low);
    float y = FMA_float(p, square, r) + 1.0f;

    // 2ⁿ in two factors: one of them alone would leave the range of exponents, where eˣ itself does not yet.
    int n_half = n >> 1;
    return y * power_of_two_float(n_half) * power_of_two_float(n - n_half);
}

// eˣ = 2ⁿ · eʳ with x = n · log 2 + r, |r| < 0.35. The low parts of r and of 1 + r are carried to the last sum.
static inline double exp_double(double x)
{
    const double whole_double = 6755399441055744.0; // 1.5 · 2⁵²

    x = 710.0 < x ? 710.0 : x;
    x = -746.0 > x ? -746.0 : x;
    double shifted = FMA_double(x, 1.4426950408889634, whole_double);
    int n = (int)(as_long(shifted) - as_long(whole_double));
    double whole = shifted - whole_double;
    double first = FMA_double(whole, -0.6931471805599453, x); // exact: a small multiple of the last bit of x or of log 2
    double r = FMA_double(whole, -2.3190468138462996e-17, first);
    double r_low = FMA_double(whole, -2.3190468138462996e-17, first - r);

    double p = 1.0 / 6227020800.0;
    p = FMA_double(p, r, 1.0 / 479001600.0);
    p = FMA_double(p, r, 1.0 / 39916800.0);
    p = FMA_double(p, r, 1.0 / 3628800.0);
    p = FMA_double(p, r, 1.0 / 362880.0);
    p = FMA_double(p, r, 1.0 / 40320.0);
    p = FMA_double(p, r, 1.0 / 5040.0);
    p = FMA_double(p, r, 1.0 / 720.0);
    p = FMA_double(p, r, 1.0 / 120.0);
    p = FMA_double(p, r, 1.0 / 24.0);
    p = FMA_double(p, r, 1.0 / 6.0);
    p = FMA_double(p, r, 0.5);
    double sum = 1.0 + r;
    double sum_low = (1.0 - sum) + r;
    double y = sum + FMA_double(p, r * r, sum_low + r_low);

    int n_half = n >> 1;
    return y * power_of_two_double(n_half) * power_of_two_double(n - n_half);
}

// ---- log -----------------------------------------------------------------------------------------------------------

// log x = n · log 2 + log(1 + f) with √½ ≤ 1 + f < √2. The first part of log 2 is short, so n times it is exact; its
// sum with f is kept in two parts. log(1 + f) = f - f²/2 + f³ · p(f) as in Cephes.
static inline float log_float(float x)
{
    const uint root_half = 0x3f3504f3u; // bits of √½

    if (!(x < as_float(0x7f800000u))) return x; // infinity or NaN
    if (x == 0.0f) return as_float(0xff800000u);
    if (x < 0.0f) return as_float(0x7fc00000u);
    int n = 0;
    if (x < 0x1p-126f) { x *= 0x1p23f; n = -23; } // subnormal
    int above = (int)(as_uint(x) - root_half);
    n += above >> 23;
    float f = as_float(((uint)above & 0x7fffffu) + root_half) - 1.0f;

    float p = 7.0376836292e-2f;
    p = FMA_float(p, f, -1.1514610310e-1f);
    p = FMA_float(p, f, 1.1676998740e-1f);
    p = FMA_float(p, f, -1.2420140846e-1f);
    p = FMA_float(p, f, 1.4249322787e-1f);
    p = FMA_float(p, f, -1.6668057665e-1f);
    p = FMA_float(p, f, 2.0000714765e-1f);
    p = FMA_float(p, f, -2.4999993993e-1f);
    p = FMA_float(p, f, 3.3333331174e-1f);
    float square = f * f;
    float head = (float)n * 0.693359375f;
    float sum = head + f;
    float sum_low = (head - sum) + f;
    float tail = FMA_float((float)n, -2.12194440e-4f, FMA_float(f * square, p, -0.5f * square));
    return sum + (sum_low + tail);
}

// As above, with log(1 + f) = 2 artanh s = f - f²/2 + s · (f²/2 + p(s²)), s = f / (2 + f), |s| < 0.172: the
// form of Sun's fdlibm.
static inline double log_double(double x)
{
    const ulong root_half = 0x3fe6a09e667f3bcdul;

    if (!(x < as_double(0x7ff0000000000000ul))) return x;
    if (x == 0.0) return as_double(0xfff0000000000000ul);
    if (x < 0.0) return as_double(0x7ff8000000000000ul);
    int n = 0;
    if (x < 0x1p-1022) { x *= 0x1p54; n = -54; }
    long above = (long)(as_ulong(x) - root_half);
    n += (int)(above >> 52);
    double f = as_double(((ulong)above & 0xffffffffffffful) + root_half) - 1.0;

    double s = f / (2.0 + f);
    double z = s * s;
    double p = 2.0 / 21.0;
    p = FMA_double(p, z, 2.0 / 19.0);
    p = FMA_double(p, z, 2.0 / 17.0);
    p = FMA_double(p, z, 2.0 / 15.0);
    p = FMA_double(p, z, 2.0 / 13.0);
    p = FMA_double(p, z, 2.0 / 11.0);
    p = FMA_double(p, z, 2.0 / 9.0);
    p = FMA_double(p, z, 2.0 / 7.0);
    p = FMA_double(p, z, 2.0 / 5.0);
    p = FMA_double(p, z, 2.0 / 3.0);
    double half_square = 0.5 * f * f;
    double head = (double)n * 0.6931471805598903;
    double sum = head + f;
    double sum_low = (head - sum) + f;
    double tail = FMA_double((double)n, 5.497923018708371e-14, FMA_double(s, FMA_double(p, z, half_square), -half_square));
    return sum + (sum_low + tail);
}

// ---- sin and cos ---------------------------------------------------------------------------------------------------

// 64 zeros, then the first 19 · 64 bits of 2/π. In Python's whole numbers, with Machin's formula for π:
//   one = 1 << 1600
//   def arctan(n): return sum((-1) ** k * one // (n ** (2 * k + 1) * (2 * k + 1)) for k in range(800))
//   bits = (2 * one * one // (16 * arctan(5) - 4 * arctan(239))) >> (1600 - 19 * 64)
//   print([hex(bits >> 64 * i & (1 << 64) - 1) for i in reversed(range(19))])
__constant ulong two_over_pi_double[20] =
{
    0x0000000000000000ul, 0xa2f9836e4e441529ul, 0xfc2757d1f534ddc0ul, 0xdb6295993c439041ul,
    0xfe5163abdebbc561ul, 0xb7246e3a424dd2e0ul, 0x06492eea09d1921cul, 0xfe1deb1cb129a73eul,
    0xe88235f52ebb4484ul, 0xe99c7026b45f7e41ul, 0x3991d639835339f4ul, 0x9c845f8bbdf9283bul,
    0x1ff897ffde05980ful, 0xef2f118b5a0a6d1ful, 0x6d367ecf27cb09b7ul, 0x4f463f669e5fea2dul,
    0x7527bac7ebe5f17bul, 0x3d0739f78a5292eaul, 0x6bfb5fb11f8d5d08ul, 0x56033046fc7b6babul,
};

// 64 bits of the table from bit `shift` on.
static inline ulong two_over_pi_bits_double(int shift)
{
    int word = shift >> 6, bit = shift & 63;
    return (two_over_pi_double[word] << bit) | (two_over_pi_double[word + 1] >> 1 >> (63 - bit));
}

// x = q · π/2 + r + r_low with |r| < π/4 and a little; returns q modulo 4.
static inline int reduce_double(double x, double *r, double *r_low)
{
    // π/2 in three parts: 1.5707963267948966 + 6.123233995736766e-17 - 1.4973849048591698e-33.
    if (FABS_double(x) <= 0x1p20)
    {
        // Cody and Waite. Thanks to FMA the first step is exact, and the second in two parts.
        double whole = RINT_double(x * 0.6366197723675814);
        double first = FMA_double(whole, -1.5707963267948966, x);
        double second = whole * -6.123233995736766e-17;
        double second_low = FMA_double(whole, -6.123233995736766e-17, -second);
        double sum = first + second;
        double taken = sum - first;
        double sum_low = (first - (sum - taken)) + (second - taken);
        *r = sum;
        *r_low = sum_low + FMA_double(whole, 1.4973849048591698e-33, second_low);
        return (int)whole & 3;
    }

    // Payne and Hanek: |x| = m · 2ᵉ with whole m. The bits of 2/π that give multiples of four quarters are left
    // out; the next 192 times m, modulo 2¹⁹², are the quarter in two bits and its fraction in 190. No double is
    // nearer than 2⁻⁶² to a multiple of π/2, and the bits left out at the end come to less than 2⁻¹³⁷.
    ulong bits = as_ulong(x);
    ulong m = (bits & 0xffffffffffffful) | 0x10000000000000ul;
    int shift = (int)(bits >> 52 & 0x7ff) - 1075 + 62;
    ulong a = two_over_pi_bits_double(shift);
    ulong b = two_over_pi_bits_double(shift + 64);
    ulong c = two_over_pi_bits_double(shift + 128);
    a = a * m + MUL_HI_ULONG(b, m);
    b = b * m;
    ulong carry = MUL_HI_ULONG(c, m);
    b += carry;
    a += b < carry ? 1 : 0;
    c = c * m;

    // A fraction of a half or more counts down from the next quarter.
    ulong flip = 0 - (a >> 61 & 1);
    int quarter = (int)(a >> 62) + (int)(flip & 1);
    a = (a ^ flip) & 0x1ffffffffffffffful;
    b ^= flip;
    c ^= flip;

    // 52 bits at a time are exact doubles. Masked before they are joined: compilers make a funnel shift of two plain
    // words, which Oclgrind does not know.
    double high = (double)(long)(a >> 9) * 0x1p-53;
    double middle = (double)(long)(((a & 0x1ff) << 43) | (b >> 21)) * 0x1p-105;
    double low = (double)(long)(((b & 0x1fffff) << 31) | (c >> 33)) * 0x1p-157;
    double fraction = high + middle;
    double fraction_low = ((high - fraction) + middle) + low;
    double angle = fraction * 1.5707963267948966;
    double angle_low = FMA_double(fraction, 1.5707963267948966, -angle);
    angle_low += FMA_double(fraction, 6.123233995736766e-17, fraction_low * 1.5707963267948966);
    int negative = (int)(bits >> 63);
    int down = negative ^ (int)(flip & 1);
    *r = down ? -angle : angle;
    *r_low = down ? -angle_low : angle_low;
    return (negative ? -quarter : quarter) & 3;
}

// sin(x + quarter · π/2)
static inline double sine_double(double x, int quarter)
{
    if (!(FABS_double(x) < as_double(0x7ff0000000000000ul))) return x - x;
    double r, r_low;
    quarter += reduce_double(x, &r, &r_low);
    double z = r * r, y, p;
    if (quarter & 1)
    {
        p = 1.0 / 20922789888000.0;
        p = FMA_double(p, z, -1.0 / 87178291200.0);
        p = FMA_double(p, z, 1.0 / 479001600.0);
        p = FMA_double(p, z, -1.0 / 3628800.0);
        p = FMA_double(p, z, 1.0 / 40320.0);
        p = FMA_double(p, z, -1.0 / 720.0);
        p = FMA_double(p, z, 1.0 / 24.0);
        // 1 - r²/2 in two parts, with the rounding of r² put right.
        double z_low = FMA_double(r, r, -z);
        double sum = FMA_double(-0.5, z, 1.0);
        double sum_low = FMA_double(-0.5, z, 1.0 - sum);
        y = sum + FMA_double(z * z, p, FMA_double(-0.5, z_low, FMA_double(-r, r_low, sum_low)));
    }
    else
    {
        p = 1.0 / 355687428096000.0;
        p = FMA_double(p, z, -1.0 / 1307674368000.0);
        p = FMA_double(p, z, 1.0 / 6227020800.0);
        p = FMA_double(p, z, -1.0 / 39916800.0);
        p = FMA_double(p, z, 1.0 / 362880.0);
        p = FMA_double(p, z, -1.0 / 5040.0);
        p = FMA_double(p, z, 1.0 / 120.0);
        p = FMA_double(p, z, -1.0 / 6.0);
        y = r + FMA_double(r * z, p, FMA_double(-0.5 * z, r_low, r_low));
    }
    return quarter & 2 ? -y : y;
}

static inline double sin_double(double x) { return x == 0.0 ? x : sine_double(x, 0); } // keeps the sign of -0

static inline double cos_double(double x) { return sine_double(x, 1); }

// The doubles' functions, rounded once more.
static inline float sin_float(float x) { return (float)sin_double((double)x); }

static inline float cos_float(float x) { return (float)cos_double((double)x); }
