using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniGrad.Kernels.Cpu;

// In the order of operations of the composition in BilinearSample.cs, so that both give the same bits.
internal sealed unsafe partial class CpuBackend
{
    /// <summary>Points of a piece of work, a multiple of all vectors.</summary>
    private const int SampledAtOnce = 1024;

    public override bool BilinearSample(in View x, in View columns, in View rows, bool reflects, SampledPart part, in View y)
    {
        if (x.Type == DType.F32) BilinearSample<float>(x, columns, rows, reflects, part, y);
        else BilinearSample<double>(x, columns, rows, reflects, part, y);
        return true;
    }

    public override bool RotateShift(in View x, in View moves, bool clamps, bool reflects, in View y)
    {
        if (x.Type == DType.F32) RotateShift<float>(x, moves, clamps, reflects, y);
        else RotateShift<double>(x, moves, clamps, reflects, y);
        return true;
    }

    private static void BilinearSample<T>(in View x, in View columns, in View rows, bool reflects, SampledPart part, in View y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        fixed (T* column = Memory.Of<T>(columns), row = Memory.Of<T>(rows))
        {
            int points = columns.Shape[1] * columns.Shape[2];
            Sample<T, GivenPoints<T>>(x, new(column + columns.Layout.Offset, row + rows.Layout.Offset, points), points, reflects, part, y);
        }
    }

    private static void RotateShift<T>(in View x, in View moves, bool clamps, bool reflects, in View y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        fixed (T* move = Memory.Of<T>(moves))
        {
            (int height, int width) = (x.Shape[2], x.Shape[3]);
            Sample<T, MovedPoints<T>>(
                x, new(move + moves.Layout.Offset, height, width, clamps), height * width, reflects, SampledPart.Value, y);
        }
    }

    private static void Sample<T, TPoints>(in View x, TPoints source, int points, bool reflects, SampledPart part, in View y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TPoints : unmanaged, ISampledPoints<T>
    {
        fixed (T* image = Memory.Of<T>(x), to = Memory.Of<T>(y))
        {
            int pieces = (points + SampledAtOnce - 1) / SampledAtOnce;
            Sampling<T> sampling = new(image + x.Layout.Offset, to, x.Shape, points, reflects);
            long grain = Math.Max(1, Grain / Math.Max(1, Math.Min(points, SampledAtOnce) * x.Shape[1]));
            Threads.For((long)x.Shape[0] * pieces, grain, new SampleBody<T, TPoints>(sampling, source, part, pieces));
        }
    }

    /// <summary>Where the points of an image lie: one of them, or eight of single precision.</summary>
    private interface ISampledPoints<T>
    {
        (T Column, T Row) One(long image, int point);

        (Vector256<float> Columns, Vector256<float> Rows) Eight(long image, int first);
    }

    private readonly struct GivenPoints<T>(T* columns, T* rows, int points) : ISampledPoints<T> where T : unmanaged
    {
        public (T Column, T Row) One(long image, int point) => (columns[image * points + point], rows[image * points + point]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (Vector256<float> Columns, Vector256<float> Rows) Eight(long image, int first) =>
            (Vector256.Load((float*)columns + image * points + first), Vector256.Load((float*)rows + image * points + first));
    }

    /// <summary>The pixels of the result turned and moved: c + Rᵀ(p − c − t).</summary>
    /// <param name="moves">Cosine, sine and shift to the right and down of each image.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="clamps">Whether points outside move to the border.</param>
    private readonly struct MovedPoints<T>(T* moves, int height, int width, bool clamps) : ISampledPoints<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const int Numbers = 4;

        private readonly T centreX = T.CreateTruncating((width - 1) / 2.0), centreY = T.CreateTruncating((height - 1) / 2.0);

        public (T Column, T Row) One(long image, int point)
        {
            (T cos, T sin) = (moves[image * Numbers], moves[image * Numbers + 1]);
            T x = T.CreateTruncating(point % width) - centreX - moves[image * Numbers + 2];
            T y = T.CreateTruncating(point / width) - centreY - moves[image * Numbers + 3];
            return (Inside(x * cos - y * sin + centreX, width), Inside(x * sin + y * cos + centreY, height));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (Vector256<float> Columns, Vector256<float> Rows) Eight(long image, int first)
        {
            float* move = (float*)moves + image * Numbers;
            (Vector256<float> cos, Vector256<float> sin) = (Vector256.Create(move[0]), Vector256.Create(move[1]));
            Vector256<float> middleX = Vector256.Create(float.CreateTruncating(centreX));
            Vector256<float> middleY = Vector256.Create(float.CreateTruncating(centreY));
            (int line, int place) = Math.DivRem(first, width);
            Vector256<float> across = Vector256.Create((float)place) + Vector256<float>.Indices;
            Vector256<float> down = Vector256.Create((float)line);
            // Where eight points go over the end of a line, those behind it are in the next.
            for (Vector256<float> size = Vector256.Create((float)width); ;)
            {
                Vector256<float> isBehind = Vector256.GreaterThanOrEqual(across, size);
                if (isBehind == Vector256<float>.Zero) break;
                across -= isBehind & size;
                down += isBehind & Vector256<float>.One;
            }
            Vector256<float> x = across - middleX - Vector256.Create(move[2]), y = down - middleY - Vector256.Create(move[3]);
            return (Inside(x * cos - y * sin + middleX, width), Inside(x * sin + y * cos + middleY, height));
        }

        private T Inside(T place, int size)
        {
            if (!clamps) return place;
            T last = T.CreateTruncating(size - 1);
            place = place > T.Zero ? place : T.Zero;
            return place < last ? place : last;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector256<float> Inside(Vector256<float> place, int size)
        {
            if (!clamps) return place;
            Vector256<float> last = Vector256.Create((float)(size - 1));
            place &= Vector256.GreaterThan(place, Vector256<float>.Zero);
            return Vector256.ConditionalSelect(Vector256.LessThan(place, last), place, last);
        }
    }

    private readonly struct Sampling<T>(T* image, T* to, Shape images, int points, bool reflects) where T : unmanaged
    {
        public readonly T* Image = image, To = to;

        public readonly int Channels = images[1], Height = images[2], Width = images[3], Points = points;

        public readonly bool Reflects = reflects;
    }

    private readonly struct SampleBody<T, TPoints>(Sampling<T> s, TPoints points, SampledPart part, int pieces) : ILoopBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TPoints : unmanaged, ISampledPoints<T>
    {
        public void Run(long begin, long end)
        {
            for (long p = begin; p < end; p++)
            {
                (long n, int first) = (p / pieces, (int)(p % pieces) * SampledAtOnce);
                int last = Math.Min(first + SampledAtOnce, s.Points);
                T* image = s.Image + n * s.Channels * s.Height * s.Width;
                T* to = s.To + n * s.Channels * s.Points;
                if (typeof(T) == typeof(float) && Avx2.IsSupported)
                {
                    for (; first + Vector256<float>.Count <= last; first += Vector256<float>.Count)
                    {
                        Eight((float*)image, points.Eight(n, first), (float*)to + first);
                    }
                }
                for (; first < last; first++) One(image, points.One(n, first), to + first);
            }
        }

        private void One(T* image, (T Column, T Row) point, T* to)
        {
            (T column, T row) = point;
            (T left, T top) = (T.Floor(column), T.Floor(row));
            (T a, T b) = (column - left, row - top);
            int x0 = Tap(left, s.Width), x1 = Tap(left + T.One, s.Width);
            int y0 = Tap(top, s.Height), y1 = Tap(top + T.One, s.Height);
            for (int c = 0; c < s.Channels; c++, image += s.Height * s.Width, to += s.Points)
            {
                T At(T* plane, int y, int x, int width) => (x | y) < 0 ? T.Zero : plane[y * width + x];
                (T p00, T p10) = (At(image, y0, x0, s.Width), At(image, y0, x1, s.Width));
                (T p01, T p11) = (At(image, y1, x0, s.Width), At(image, y1, x1, s.Width));
                *to = part switch
                {
                    SampledPart.Value =>
                        p00 * ((T.One - a) * (T.One - b)) + p10 * (a * (T.One - b)) + p01 * ((T.One - a) * b) + p11 * (a * b),
                    SampledPart.AlongColumns => (T.One - b) * (p10 - p00) + b * (p11 - p01),
                    _ => (T.One - a) * (p01 - p00) + a * (p11 - p10),
                };
            }
        }

        /// <summary>The pixel behind a place on an axis; −1 where there is none.</summary>
        private int Tap(T place, int size)
        {
            T last = T.CreateTruncating(size - 1);
            if (s.Reflects)
            {
                T period = last + last;
                place = last - T.Abs(place - period * T.Floor(place / period) - last);
            }
            return place >= T.Zero && place <= last ? int.CreateTruncating(place) : -1;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Eight(float* image, (Vector256<float> Columns, Vector256<float> Rows) points, float* to)
        {
            (Vector256<float> column, Vector256<float> row) = points;
            Vector256<float> one = Vector256<float>.One;
            Vector256<float> left = Vector256.Floor(column), top = Vector256.Floor(row);
            Vector256<float> a = column - left, b = row - top;
            (Vector256<int> x0, Vector256<float> hasX0) = Taps(left, s.Width);
            (Vector256<int> x1, Vector256<float> hasX1) = Taps(left + one, s.Width);
            (Vector256<int> y0, Vector256<float> hasY0) = Taps(top, s.Height);
            (Vector256<int> y1, Vector256<float> hasY1) = Taps(top + one, s.Height);
            Vector256<int> width = Vector256.Create(s.Width);
            Vector256<int> line0 = y0 * width, line1 = y1 * width;
            for (int c = 0; c < s.Channels; c++, image += s.Height * s.Width, to += s.Points)
            {
                Vector256<float> p00 = Pixels(image, line0 + x0, hasX0 & hasY0), p10 = Pixels(image, line0 + x1, hasX1 & hasY0);
                Vector256<float> p01 = Pixels(image, line1 + x0, hasX0 & hasY1), p11 = Pixels(image, line1 + x1, hasX1 & hasY1);
                Vector256<float> value = part switch
                {
                    SampledPart.Value => p00 * ((one - a) * (one - b)) + p10 * (a * (one - b)) + p01 * ((one - a) * b) + p11 * (a * b),
                    SampledPart.AlongColumns => (one - b) * (p10 - p00) + b * (p11 - p01),
                    _ => (one - a) * (p01 - p00) + a * (p11 - p10),
                };
                value.Store(to);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<float> Pixels(float* plane, Vector256<int> places, Vector256<float> mask) =>
            Avx2.GatherMaskVector256(Vector256<float>.Zero, plane, places, mask, sizeof(float));

        /// <summary>The pixels behind places on an axis, and where there are any.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private (Vector256<int> Place, Vector256<float> IsInside) Taps(Vector256<float> place, int size)
        {
            Vector256<float> last = Vector256.Create((float)(size - 1));
            if (s.Reflects)
            {
                Vector256<float> period = last + last;
                place = last - Vector256.Abs(place - period * Vector256.Floor(place / period) - last);
            }
            Vector256<float> isInside =
                Vector256.GreaterThanOrEqual(place, Vector256<float>.Zero) & Vector256.LessThanOrEqual(place, last);
            return (Vector256.ConvertToInt32(place & isInside), isInside);
        }
    }
}
