using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiniGrad.Kernels.Cpu;

internal sealed unsafe partial class CpuBackend
{
    public override void MaxPool(in PoolShape shape, in View x, in View y, in View positions)
    {
        if (x.Type == DType.F32) MaxPool<float>(shape, x, y, positions);
        else MaxPool<double>(shape, x, y, positions);
    }

    private static void MaxPool<T>(in PoolShape shape, in View x, in View y, in View positions) where T : unmanaged, INumber<T>
    {
        fixed (T* from = Memory.Of<T>(x), to = Memory.Of<T>(y))
        fixed (int* at = Memory.Of<int>(positions))
        {
            long grain = Math.Max(1, Grain / Math.Max(1, shape.Height * shape.Width));
            Threads.For(shape.Planes, grain, new MaxPoolBody<T>(shape, from + x.Layout.Offset, to, at));
        }
    }

    private readonly struct MaxPoolBody<T>(PoolShape shape, T* from, T* to, int* at) : ILoopBody where T : unmanaged, INumber<T>
    {
        public void Run(long begin, long end)
        {
            bool pairs = shape is { KernelY: 2, KernelX: 2, PadY: 0, PadX: 0, DilationY: 1, DilationX: 1 }
                && (shape.OutHeight - 1) * shape.StrideY + 2 <= shape.Height && (shape.OutWidth - 1) * shape.StrideX + 2 <= shape.Width;
            for (long plane = begin; plane < end; plane++)
            {
                T* x = from + plane * shape.Height * shape.Width;
                long o = plane * shape.OutHeight * shape.OutWidth;
                for (int oy = 0; oy < shape.OutHeight; oy++)
                {
                    int top = oy * shape.StrideY - shape.PadY;
                    int ox = 0;
                    if (pairs && shape.StrideX == 2 && typeof(T) == typeof(float))
                    {
                        ox = PairsOfRow((float*)x, top * shape.Width, (float*)to + o, at + o);
                    }
                    for (; ox < shape.OutWidth; ox++)
                    {
                        int left = ox * shape.StrideX - shape.PadX;
                        int best = pairs ? LargestOfFour(x, top * shape.Width + left) : Largest(x, top, left);
                        at[o + ox] = best;
                        to[o + ox] = x[best];
                    }
                    o += shape.OutWidth;
                }
            }
        }

        // Four windows of 2 × 2 at a time: the columns are parted into left and right ones, and places follow from the
        // three comparisons. The last four may repeat some. Returns how many windows of the row are done: it stops
        // before a NaN, which takes another way.
        private int PairsOfRow(float* x, int place, float* y, int* places)
        {
            int width = shape.Width;
            int count = shape.OutWidth;
            int ox = 0;
            while (ox < count && count >= 4)
            {
                ox = Math.Min(ox, count - 4);
                float* upper = x + place + 2 * ox;
                (Vector128<float> upperLeft, Vector128<float> upperRight) = Columns(upper);
                (Vector128<float> lowerLeft, Vector128<float> lowerRight) = Columns(upper + width);
                Vector128<float> isNumber = Vector128.Equals(upperLeft, upperLeft) & Vector128.Equals(upperRight, upperRight)
                    & Vector128.Equals(lowerLeft, lowerLeft) & Vector128.Equals(lowerRight, lowerRight);
                if (isNumber.ExtractMostSignificantBits() != 0b1111) break;
                Vector128<float> right = Vector128.GreaterThan(upperRight, upperLeft);
                Vector128<float> rightBelow = Vector128.GreaterThan(lowerRight, lowerLeft);
                Vector128<float> best = Vector128.ConditionalSelect(right, upperRight, upperLeft);
                Vector128<float> bestBelow = Vector128.ConditionalSelect(rightBelow, lowerRight, lowerLeft);
                Vector128<float> below = Vector128.GreaterThan(bestBelow, best);
                Vector128.Store(Vector128.ConditionalSelect(below, bestBelow, best), y + ox);
                // A comparison that holds is −1.
                Vector128<int> chosen = Vector128.ConditionalSelect(below.AsInt32(),
                    Vector128.Create(width) - rightBelow.AsInt32(), -right.AsInt32());
                Vector128.Store(Vector128.Create(0, 2, 4, 6) + Vector128.Create(place + 2 * ox) + chosen, places + ox);
                ox += 4;
            }
            return ox;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static (Vector128<float> Left, Vector128<float> Right) Columns(float* x)
        {
            Vector128<float> firstTwo = Vector128.Create(-1, -1, 0, 0).AsSingle();
            Vector128<float> a = Vector128.Load(x);
            Vector128<float> b = Vector128.Load(x + 4);
            return (Vector128.ConditionalSelect(firstTwo, Vector128.Shuffle(a, Vector128.Create(0, 2, 0, 2)),
                Vector128.Shuffle(b, Vector128.Create(0, 2, 0, 2))),
                Vector128.ConditionalSelect(firstTwo, Vector128.Shuffle(a, Vector128.Create(1, 3, 1, 3)),
                    Vector128.Shuffle(b, Vector128.Create(1, 3, 1, 3))));
        }

        // Comparisons become numbers: which of four is largest is a coin toss, and a mispredicted branch costs more
        // than the window. A NaN makes the sum one and takes the general way.
        private int LargestOfFour(T* x, int place)
        {
            T* upper = x + place;
            T* lower = upper + shape.Width;
            if (T.IsNaN(upper[0] + upper[1] + lower[0] + lower[1])) return Largest(x, place / shape.Width, place % shape.Width);
            int right = upper[1] > upper[0] ? 1 : 0;
            int lowerRight = lower[1] > lower[0] ? 1 : 0;
            int down = lower[lowerRight] > upper[right] ? 1 : 0;
            return place + right + down * (shape.Width + lowerRight - right);
        }

        private int Largest(T* x, int top, int left)
        {
            int best = -1;
            for (int r = 0; r < shape.KernelY; r++)
            {
                int row = top + r * shape.DilationY;
                if ((uint)row >= (uint)shape.Height) continue;
                for (int s = 0; s < shape.KernelX; s++)
                {
                    int column = left + s * shape.DilationX;
                    if ((uint)column >= (uint)shape.Width) continue;
                    int place = row * shape.Width + column;
                    if (best < 0 || x[place] > x[best] || T.IsNaN(x[place])) best = place;
                }
            }
            return best;
        }
    }
}
