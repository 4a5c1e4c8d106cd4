namespace MiniGrad.Kernels.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <summary>Numbers of a piece of work, a multiple of the four that one counter gives.</summary>
    private const int DrawnAtOnce = 4096;

    public override void Uniform(in View keys, in View y)
    {
        int length = y.Shape[1];
        long pieces = (length + DrawnAtOnce - 1L) / DrawnAtOnce;
        fixed (float* to = Memory.Of<float>(y))
        fixed (int* key = Memory.Of<int>(keys))
        {
            Threads.For(y.Shape[0] * pieces, 1, new UniformBody(key + keys.Layout.Offset, to + y.Layout.Offset, length, pieces));
        }
    }

    /// <summary>Piece p is numbers of row p / pieces.</summary>
    private readonly struct UniformBody(int* keys, float* y, int length, long pieces) : ILoopBody
    {
        public void Run(long begin, long end)
        {
            for (long p = begin; p < end; p++)
            {
                (long row, int first) = (p / pieces, (int)(p % pieces) * DrawnAtOnce);
                Span<float> values = new(y + row * length + first, Math.Min(DrawnAtOnce, length - first));
                new Rng((uint)keys[2 * row], (uint)keys[2 * row + 1]).Uniform(first, values);
            }
        }
    }
}
