using System.Numerics;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// What is done to a result before it leaves the cache: y = max(0, y + shift + residual), then 0 where the gate is not
/// positive; each part optional.
/// </summary>
internal readonly unsafe struct EpiloguePointers<T>(T* shift, T* residual, bool relu, T* gate, int filters = 0, bool alongRows = false)
    where T : unmanaged
{
    public bool IsNone => shift is null && residual is null && gate is null && !relu;

    /// <summary>Filters of a group, when the shift has one number for each filter.</summary>
    public int Filters => filters;

    /// <summary>The shift has one number for each column, not one for each row.</summary>
    public bool AlongRows => alongRows;

    /// <summary>A run of one row that begins <paramref name="place"/> elements into the result.</summary>
    public void Apply(T* y, long place, int first, int count)
    {
        Vector<T> constant = shift is null || alongRows ? Vector<T>.Zero : new Vector<T>(shift[first]);
        T* add = residual is null ? null : residual + place;
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> value = Vector.Load(y + i) + constant;
            if (alongRows && shift is not null) value += Vector.Load(shift + first + i);
            if (add is not null) value += Vector.Load(add + i);
            // Written so that a NaN stays one.
            if (relu) value = Vector.ConditionalSelect(Vector.LessThan(value, Vector<T>.Zero), Vector<T>.Zero, value);
            if (gate is not null)
            {
                value = Vector.ConditionalSelect(
                    Vector.LessThanOrEqual(Vector.Load(gate + place + i), Vector<T>.Zero), Vector<T>.Zero, value);
            }
            Vector.Store(value, y + i);
        }
        for (; i < count; i++)
        {
            T value = Plus(y[i], constant[0]);
            if (alongRows && shift is not null) value = Plus(value, shift[first + i]);
            if (add is not null) value = Plus(value, add[i]);
            bool closed = gate is not null && IsNotPositive(gate[place + i]);
            y[i] = closed || (relu && IsNegative(value)) ? default : value;
        }
    }

    private static T Plus(T a, T b) =>
        typeof(T) == typeof(float) ? (T)(object)((float)(object)a + (float)(object)b) : (T)(object)((double)(object)a + (double)(object)b);

    /// <summary>A NaN lets pass.</summary>
    private static bool IsNotPositive(T a) => typeof(T) == typeof(float) ? (float)(object)a <= 0 : (double)(object)a <= 0;

    private static bool IsNegative(T a) => typeof(T) == typeof(float) ? (float)(object)a < 0 : (double)(object)a < 0;
}
