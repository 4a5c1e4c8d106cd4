// One formula of one or two operands, printed before this file as the function FORMULA; OUT is the type of the result.
// PARAMETERS and PASSED are the formula's own numbers, as arguments and as handed on.
//
// flat:     operands whose elements lie one after another, or are one number (step 0). A group of 256 work items takes
//           1024 neighbours, four to each: item i the i-th of every 256, so that neighbours read neighbours.
// strided:  any layout, one element to a work item.
#ifdef OUT_IS_MASK
#define OUT uchar
#define RESULT(value) ((value) != 0 ? 1 : 0)
#else
#define OUT REAL
#define RESULT(value) (value)
#endif

#ifdef PAIR
#define OPERANDS __global const REAL* a, long a0, __global const REAL* b, long b0, __global OUT* y, long y0
#define VALUE(ia, ib) FORMULA(a[ia], b[ib] PASSED)
#else
#define OPERANDS __global const REAL* a, long a0, __global OUT* y, long y0
#define VALUE(ia, ib) FORMULA(a[ia] PASSED)
#endif

__kernel GROUP_OF(256) void flat(ulong count, uint stepA, uint stepB, OPERANDS PARAMETERS)
{
    const ulong first = (ulong)GROUP_X * 1024 + LOCAL_ID;
#pragma unroll
    for (int part = 0; part < 4; part++)
    {
        const ulong i = first + part * 256;
        if (i < count) y[y0 + i] = RESULT(VALUE(a0 + i * stepA, b0 + i * stepB));
    }
}

__kernel GROUP_OF(256) void strided(uint count, Sizes sizes, Steps stepsA, Steps stepsB, Steps stepsY, OPERANDS PARAMETERS)
{
    const uint i = GROUP_X * 256 + LOCAL_ID;
    if (i >= count) return;
    y[y0 + place_of(i, sizes, stepsY)] = RESULT(VALUE(a0 + place_of(i, sizes, stepsA), b0 + place_of(i, sizes, stepsB)));
}
