using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Formulas;

/// <summary>One number in double precision, by the system's mathematics library: the reference.</summary>
internal readonly struct ScalarLane(double value) : ILane<ScalarLane>
{
    public double Value => value;

    public static bool IsSingle => false;

    public static ScalarLane operator +(ScalarLane a, ScalarLane b) => new(a.Value + b.Value);

    public static ScalarLane operator -(ScalarLane a, ScalarLane b) => new(a.Value - b.Value);

    public static ScalarLane operator *(ScalarLane a, ScalarLane b) => new(a.Value * b.Value);

    public static ScalarLane operator /(ScalarLane a, ScalarLane b) => new(a.Value / b.Value);

    public static ScalarLane operator -(ScalarLane a) => new(-a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane Of(double value) => new(value);

    public static ScalarLane Parameter(double value) => new(value);

    public static ScalarLane MultiplyAdd(ScalarLane a, ScalarLane b, ScalarLane c) => new(a.Value * b.Value + c.Value);

    public static ScalarLane Abs(ScalarLane x) => new(Math.Abs(x.Value));

    public static ScalarLane Sqrt(ScalarLane x) => new(Math.Sqrt(x.Value));

    public static ScalarLane Exp(ScalarLane x) => new(Math.Exp(x.Value));

    public static ScalarLane Log(ScalarLane x) => new(Math.Log(x.Value));

    public static ScalarLane Sin(ScalarLane x) => new(Math.Sin(x.Value));

    public static ScalarLane Cos(ScalarLane x) => new(Math.Cos(x.Value));

    public static ScalarLane Floor(ScalarLane x) => new(Math.Floor(x.Value));

    public static ScalarLane Round(ScalarLane x) => new(Math.Round(x.Value, MidpointRounding.ToEven));

    public static ScalarLane Min(ScalarLane a, ScalarLane b) => new(Math.Min(a.Value, b.Value));

    public static ScalarLane Max(ScalarLane a, ScalarLane b) => new(Math.Max(a.Value, b.Value));

    public static ScalarLane IfGreater(ScalarLane a, ScalarLane b, ScalarLane then, ScalarLane otherwise) =>
        a.Value > b.Value ? then : otherwise;

    public static ScalarLane IfEqual(ScalarLane a, ScalarLane b, ScalarLane then, ScalarLane otherwise) =>
        a.Value == b.Value ? then : otherwise;
}
