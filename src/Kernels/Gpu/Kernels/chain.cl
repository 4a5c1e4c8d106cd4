// Formulas one after another, printed before this file as the function FORMULA of all their inputs: INPUTS and PASSED
// are those inputs, as arguments and as read for element i; PARAMETERS the formulas' own numbers. Elements are shared out
// as in the flat kernels of pointwise.cl.
__kernel GROUP_OF(256) void chain(ulong count INPUTS, __global REAL* y PARAMETERS)
{
    const ulong first = (ulong)GROUP_X * 1024 + LOCAL_ID;
#pragma unroll
    for (int part = 0; part < 4; part++)
    {
        const ulong i = first + part * 256;
        if (i < count) y[i] = FORMULA(PASSED);
    }
}
