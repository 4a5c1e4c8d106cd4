using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// The end of a row that is read and written as whole vectors: the last one is filled up, so that every element meets the
/// same code wherever its row ends.
/// </summary>
internal static unsafe class RowVectors
{
    /// <summary>Elements of a row of n that whole vectors take.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Whole<T>(int n) where T : unmanaged => n & -Vector<T>.Count;

    /// <summary>The last, incomplete vector of a row: <paramref name="left"/> elements and fillers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public static Vector<T> LoadRest<T>(T* from, int left, T filler) where T : unmanaged
    {
        T* rest = stackalloc T[Vector<T>.Count];
        Vector.Store(new Vector<T>(filler), rest);
        for (int i = 0; i < left; i++) rest[i] = from[i];
        return Vector.Load(rest);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public static void StoreRest<T>(Vector<T> value, T* to, int left) where T : unmanaged
    {
        T* rest = stackalloc T[Vector<T>.Count];
        Vector.Store(value, rest);
        for (int i = 0; i < left; i++) to[i] = rest[i];
    }

    /// <summary>The largest element; where there is a NaN, any.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public static T Largest<T>(T* x, int n) where T : unmanaged, INumber<T>
    {
        int width = Vector<T>.Count;
        T largest = x[0];
        if (n < width)
        {
            for (int i = 1; i < n; i++) largest = x[i] > largest ? x[i] : largest;
            return largest;
        }
        Vector<T> best = Vector.Load(x + n - width);
        for (int i = 0; i < Whole<T>(n); i += width) best = Vector.MaxNative(best, Vector.Load(x + i));
        T* lanes = stackalloc T[Vector<T>.Count];
        Vector.Store(best, lanes);
        for (int j = 0; j < width; j++) largest = lanes[j] > largest ? lanes[j] : largest;
        return largest;
    }

    /// <summary>The value in the last lanes, as many as are left of a row after its whole vectors; 0 before them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Last<T>(Vector<T> value, int left) where T : unmanaged, INumber<T> =>
        Vector.ConditionalSelect(Vector.GreaterThanOrEqual(Vector<T>.Indices, new Vector<T>(T.CreateTruncating(Vector<T>.Count - left))),
            value, Vector<T>.Zero);
}

/// <summary>A running sum of vectors of either type, in doubles; each lane is added up alone.</summary>
internal struct WideSum
{
    private Vector<double> low;
    private Vector<double> high;

    public readonly double Total
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector.Sum(low + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add<T>(Vector<T> value) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Vector.Widen(Vector.As<T, float>(value), out Vector<double> first, out Vector<double> second);
            low += first;
            high += second;
        }
        else
        {
            low += Vector.As<T, double>(value);
        }
    }
}
