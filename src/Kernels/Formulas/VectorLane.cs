using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Formulas;

/// <summary>
/// As many floats or doubles as the processor's vector holds. <see cref="Vector{T}"/> is compiled to 128 or 256 bits
/// by the machine it runs on, so one lane serves SSE, AVX2 and NEON.
/// </summary>
internal readonly struct VectorLane<T>(Vector<T> value) : ILane<VectorLane<T>> where T : unmanaged
{
    public Vector<T> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => value;
    }

    public static bool IsSingle
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(float);
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
    public static VectorLane<T> Parameter(double value) => Of(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> MultiplyAdd(VectorLane<T> a, VectorLane<T> b, VectorLane<T> c) =>
        typeof(T) == typeof(float)
            ? From(Vector.MultiplyAddEstimate(a.Singles, b.Singles, c.Singles))
            : From(Vector.MultiplyAddEstimate(a.Doubles, b.Doubles, c.Doubles));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Abs(VectorLane<T> x) => new(Vector.Abs(x.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Sqrt(VectorLane<T> x) => new(Vector.SquareRoot(x.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Exp(VectorLane<T> x) =>
        typeof(T) == typeof(float) ? From(SingleExp.Of(x.Singles)) : From(Exp(x.Doubles));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane<T> Log(VectorLane<T> x) =>
        typeof(T) == typeof(float) ? From(Vector.Log(x.Singles)) : From(Vector.Log(x.Doubles));

    public static VectorLane<T> Sin(VectorLane<T> x) => Wave(x, cosine: false);

    public static VectorLane<T> Cos(VectorLane<T> x) => Wave(x, cosine: true);

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

    /// <summary>
    /// eˣ of doubles. Vector.Exp computes the whole vector in another way, with other last bits, when any element is NaN
    /// or beyond ±709; a result must not depend on its neighbours, so it is only asked for elements inside ±708.
    /// </summary>
    private static Vector<double> Exp(Vector<double> x)
    {
        const double edge = 700;
        const double step = 64;
        Vector<double> up = Vector.ConditionalSelect(Vector.GreaterThan(x, new(edge)), new Vector<double>(step), Vector<double>.Zero);
        Vector<double> shift = Vector.ConditionalSelect(Vector.LessThan(x, new(-edge)), new Vector<double>(-step), up);
        Vector<double> factor = Vector.ConditionalSelect(Vector.GreaterThan(shift, Vector<double>.Zero),
            new Vector<double>(Math.Exp(step)), Vector<double>.One);
        factor = Vector.ConditionalSelect(Vector.LessThan(shift, Vector<double>.Zero), new Vector<double>(Math.Exp(-step)), factor);
        Vector<double> isNumber = Vector.As<long, double>(Vector.Equals(x, x));
        Vector<double> inner = Vector.Min(Vector.Max(x - shift, new(-708.0)), new(708.0));
        Vector<double> y = Vector.Exp(Vector.ConditionalSelect(isNumber, inner, Vector<double>.Zero)) * factor;
        return Vector.ConditionalSelect(isNumber, y, x);
    }

    /// <summary>Sine or cosine, one element at a time: the vector versions reduce all arguments as the largest needs it.</summary>
    private static VectorLane<T> Wave(VectorLane<T> x, bool cosine)
    {
        Vector<T> y = x.Value;
        for (int i = 0; i < Vector<T>.Count; i++)
        {
            double angle = typeof(T) == typeof(float) ? x.Singles[i] : x.Doubles[i];
            double value = cosine ? Math.Cos(angle) : Math.Sin(angle);
            y = y.WithElement(i, typeof(T) == typeof(float) ? (T)(object)(float)value : (T)(object)value);
        }
        return new(y);
    }

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
