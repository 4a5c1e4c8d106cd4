using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels;

/// <summary>
/// As many floats or doubles as the processor's vector holds. <see cref="Vector{T}"/> is compiled to 128 or 256 bits
/// by the machine it runs on, so one lane serves SSE, AVX2 and NEON.
/// </summary>
public readonly struct VectorLane<T>(Vector<T> value) : ILane<VectorLane<T>> where T : unmanaged
{
    public Vector<T> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> operator +(VectorLane<T> a, VectorLane<T> b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> operator -(VectorLane<T> a, VectorLane<T> b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> operator *(VectorLane<T> a, VectorLane<T> b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> operator /(VectorLane<T> a, VectorLane<T> b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> operator -(VectorLane<T> a) => new(-a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Of(double value) =>
        typeof(T) == typeof(float) ? From(new Vector<float>((float)value)) : From(new Vector<double>(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Abs(VectorLane<T> x) => new(Vector.Abs(x.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Sqrt(VectorLane<T> x) => new(Vector.SquareRoot(x.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Exp(VectorLane<T> x) =>
        typeof(T) == typeof(float) ? From(Vector.Exp(x.Singles)) : From(Vector.Exp(x.Doubles));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Log(VectorLane<T> x) =>
        typeof(T) == typeof(float) ? From(Vector.Log(x.Singles)) : From(Vector.Log(x.Doubles));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Sin(VectorLane<T> x) =>
        typeof(T) == typeof(float) ? From(Vector.Sin(x.Singles)) : From(Vector.Sin(x.Doubles));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Cos(VectorLane<T> x) =>
        typeof(T) == typeof(float) ? From(Vector.Cos(x.Singles)) : From(Vector.Cos(x.Doubles));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Floor(VectorLane<T> x) =>
        typeof(T) == typeof(float) ? From(Vector.Floor(x.Singles)) : From(Vector.Floor(x.Doubles));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Round(VectorLane<T> x) =>
        typeof(T) == typeof(float) ? From(Vector.Round(x.Singles)) : From(Vector.Round(x.Doubles));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Min(VectorLane<T> a, VectorLane<T> b) => new(Vector.Min(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Max(VectorLane<T> a, VectorLane<T> b) => new(Vector.Max(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> IfGreater(VectorLane<T> a, VectorLane<T> b, VectorLane<T> then, VectorLane<T> otherwise) =>
        new(Vector.ConditionalSelect(Vector.GreaterThan(a.Value, b.Value), then.Value, otherwise.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> IfEqual(VectorLane<T> a, VectorLane<T> b, VectorLane<T> then, VectorLane<T> otherwise) =>
        new(Vector.ConditionalSelect(Vector.Equals(a.Value, b.Value), then.Value, otherwise.Value));

    private Vector<float> Singles
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector.AsVectorSingle(value);
    }

    private Vector<double> Doubles
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector.AsVectorDouble(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorLane<T> From<S>(Vector<S> value) => new(Vector.As<S, T>(value));
}
