// What every program starts with. The definitions before it say which element type it computes in: REAL is float or
// double, sums are taken in WIDE. The names in capitals stand for what the two compilers, a driver's OpenCL compiler and
// clang for NVPTX without any device library, spell differently; make-ptx.sh says so by AHEAD_OF_TIME_PTX, since NVIDIA's
// own OpenCL compiler may define __NVPTX__ as well.
#define WIDE double

#ifdef AHEAD_OF_TIME_PTX
#define LOCAL_ID ((uint)__nvvm_read_ptx_sreg_tid_x())
#define GROUP_X ((uint)__nvvm_read_ptx_sreg_ctaid_x())
#define GROUP_Y ((uint)__nvvm_read_ptx_sreg_ctaid_y())
#define GROUP_Z ((uint)__nvvm_read_ptx_sreg_ctaid_z())
#define BARRIER __nvvm_bar_sync(0)
#define MUL_HI_ULONG(a, b) ((ulong)(((unsigned __int128)(a) * (b)) >> 64))
#define MUL_HI_UINT(a, b) ((uint)(((ulong)(a) * (b)) >> 32))
#define FMA_float(a, b, c) __builtin_fmaf(a, b, c)
#define FMA_double(a, b, c) __builtin_fma(a, b, c)
#define SQRT_float(x) __nvvm_sqrt_rn_f(x)
#define SQRT_double(x) __nvvm_sqrt_rn_d(x)
#define FLOOR_float(x) __builtin_floorf(x)
#define FLOOR_double(x) __builtin_floor(x)
#define RINT_float(x) __builtin_rintf(x)
#define RINT_double(x) __builtin_rint(x)
#define FABS_float(x) __builtin_fabsf(x)
#define FABS_double(x) __builtin_fabs(x)
#else
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#define LOCAL_ID ((uint)get_local_id(0))
#define GROUP_X ((uint)get_group_id(0))
#define GROUP_Y ((uint)get_group_id(1))
#define GROUP_Z ((uint)get_group_id(2))
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE)
#define MUL_HI_ULONG(a, b) mul_hi((ulong)(a), (ulong)(b))
#define MUL_HI_UINT(a, b) mul_hi((uint)(a), (uint)(b))
#define FMA_float(a, b, c) fma((float)(a), (float)(b), (float)(c))
#define FMA_double(a, b, c) fma((double)(a), (double)(b), (double)(c))
#define SQRT_float(x) sqrt((float)(x))
#define SQRT_double(x) sqrt((double)(x))
#define FLOOR_float(x) floor((float)(x))
#define FLOOR_double(x) floor((double)(x))
#define RINT_float(x) rint((float)(x))
#define RINT_double(x) rint((double)(x))
#define FABS_float(x) fabs((float)(x))
#define FABS_double(x) fabs((double)(x))
#endif

// Products and sums are contracted only where FMA is written: the same formula gives the same bits in every kernel.
#pragma OPENCL FP_CONTRACT OFF

#ifdef REAL_IS_DOUBLE
#define OF_REAL(name) name##_double
#define REAL4 double4
#else
#define OF_REAL(name) name##_float
#define REAL4 float4
#endif

#define FMA OF_REAL(FMA)
#define SQRT OF_REAL(SQRT)
#define FLOOR OF_REAL(FLOOR)
#define RINT OF_REAL(RINT)
#define FABS OF_REAL(FABS)
#define EXP OF_REAL(exp)
#define LOG OF_REAL(log)
#define SIN OF_REAL(sin)
#define COS OF_REAL(cos)
#define REAL_NAN ((REAL)as_float(0x7FC00000))
#define REAL_INFINITY ((REAL)as_float(0x7F800000))

// A NaN in either operand comes out.
#define MIN(a, b) ((a) < (b) || (a) != (a) ? (a) : (b))
#define MAX(a, b) ((a) > (b) || (a) != (a) ? (a) : (b))

#define GROUP_OF(n) __attribute__((reqd_work_group_size(n, 1, 1)))

// The strided walk: up to eight axes, the last one fastest. Strides are in elements and may be 0 or negative.
#define MOST_AXES 8

typedef struct
{
    uint axes;
    uint size[MOST_AXES];
} Sizes;

typedef struct
{
    long offset;
    long stride[MOST_AXES];
} Steps;

// The place that an operand has for the i-th element of the walk.
static inline long place_of(uint i, const Sizes sizes, const Steps steps)
{
    long place = steps.offset;
#pragma unroll
    for (int axis = MOST_AXES - 1; axis >= 0; axis--)
    {
        if (axis < (int)sizes.axes)
        {
            const uint rest = i / sizes.size[axis];
            place += (long)(i - rest * sizes.size[axis]) * steps.stride[axis];
            i = rest;
        }
    }
    return place;
}
