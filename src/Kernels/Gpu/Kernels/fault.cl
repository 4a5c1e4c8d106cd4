// An index outside 0 … n − 1 is told to the host by fault = {kind, index, n}; one of the first counts.
static inline void report(__global int* fault, int kind, int index, int n)
{
    if (fault[0] != 0) return;
    fault[0] = kind;
    fault[1] = index;
    fault[2] = n;
}
