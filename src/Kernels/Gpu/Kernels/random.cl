// Philox 4×32-10 (Salmon et al., SC 2011): y [rows, n] uniform in [0, 1), the upper 24 bits of each word. A row has a
// key of its own; a work item makes four neighbours from one counter, the same bits as on the processor.
__kernel GROUP_OF(256) void uniform_rows(ulong blocks, uint n, __global const int* keys, long keys0, __global float* y, long y0)
{
    const ulong at = (ulong)GROUP_X * 256 + LOCAL_ID;
    if (at >= blocks) return;
    const uint blocksOfRow = (n + 3) / 4;
    const ulong row = at / blocksOfRow;
    const uint block = (uint)(at % blocksOfRow);
    uint k0 = (uint)keys[keys0 + 2 * row];
    uint k1 = (uint)keys[keys0 + 2 * row + 1];
    uint c0 = block, c1 = 0, c2 = 0, c3 = 0;
    for (int round = 0; round < 10; round++)
    {
        const uint highA = MUL_HI_UINT(0xD2511F53u, c0);
        const uint lowA = 0xD2511F53u * c0;
        const uint highB = MUL_HI_UINT(0xCD9E8D57u, c2);
        const uint lowB = 0xCD9E8D57u * c2;
        c0 = highB ^ c1 ^ k0;
        c1 = lowB;
        c2 = highA ^ c3 ^ k1;
        c3 = lowA;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    const uint words[4] = {c0, c1, c2, c3};
    for (uint i = 0; i < 4 && 4 * block + i < n; i++) y[y0 + row * n + 4 * block + i] = (float)(words[i] >> 8) * (1.0f / 16777216);
}
