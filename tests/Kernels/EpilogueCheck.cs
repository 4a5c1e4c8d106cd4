using MiniGrad.Kernels;

namespace MiniGrad.Tests.Kernels;

/// <summary>Holds a kernel to its exact sums under every epilogue: shift, residual, maximum, gate, and all of them at once.</summary>
internal static class EpilogueCheck
{
    private static readonly (string Name, bool Shift, bool Residual, bool Relu, bool Gate)[] Kinds =
    [
        ("no epilogue", false, false, false, false),
        ("shift", true, false, false, false),
        ("residual", false, true, false, false),
        ("relu", false, false, true, false),
        ("gate", false, false, false, true),
        ("residual and gate", false, true, false, true),
        ("shift, residual and relu", true, true, true, false),
        ("everything", true, true, true, true),
    ];

    /// <summary>
    /// Runs the kernel once for every kind of epilogue. The bound of an element grows by one rounding for each number added to
    /// it. Among residuals and gates are NaN, infinities and zeros of both signs.
    /// </summary>
    /// <param name="exact">The sums before the epilogue, in double.</param>
    /// <param name="bound">How far each computed sum may be off.</param>
    /// <param name="shifts">How many numbers the shift has; 0 where the kernel knows no shift.</param>
    /// <param name="place">The number of the shift that an element gets.</param>
    /// <param name="kernel">Computes into the view it is given.</param>
    public static void Every(
        Shape shape, DType type, double[] exact, Func<int, double> bound, int shifts, Func<int, int> place,
        Action<Epilogue, View> kernel, string what)
    {
        Tensor shift = Numbers.Random([Math.Max(1, shifts)], type, "shift", -3, 3);
        Tensor residual = Special(Numbers.Random(shape, type, "residual", -3, 3),
            double.NaN, double.PositiveInfinity, double.NegativeInfinity);
        Tensor gate = Special(Numbers.Random(shape, type, "gate"), 0, -0.0, double.NaN);
        (double[] b, double[] r, double[] closed) = (Numbers.Doubles(shift), Numbers.Doubles(residual), Numbers.Doubles(gate));
        double epsilon = Numbers.Epsilon(type);
        foreach ((string name, bool withShift, bool withResidual, bool relu, bool withGate) in Kinds)
        {
            if (withShift && shifts == 0) continue;
            double[] expected = new double[exact.Length];
            double[] off = new double[exact.Length];
            for (int i = 0; i < exact.Length; i++)
            {
                double added = withShift ? b[place(i)] : 0;
                double value = exact[i] + added + (withResidual ? r[i] : 0);
                expected[i] = (withGate && closed[i] <= 0) || (relu && value < 0) ? 0 : value;
                off[i] = bound(i) + 2 * epsilon * (Math.Abs(exact[i]) + Math.Abs(added) + Math.Abs(expected[i]));
            }
            Tensor y = Tensor.Empty(shape, type);
            kernel(new Epilogue(withShift ? shift.View : null, withResidual ? residual.View : null, relu, withGate ? gate.View : null),
                y.View);
            Numbers.Close(expected, Numbers.Doubles(y), i => off[i], $"{what}, {name}");
        }
    }

    /// <summary>Puts values at the beginning, in the middle and at the end, where there is room.</summary>
    private static Tensor Special(Tensor x, params double[] values)
    {
        double[] all = Numbers.Doubles(x);
        for (int i = 0; i < values.Length && all.Length >= 8; i++)
        {
            all[i] = values[i];
            all[all.Length / 2 + i] = values[i];
            all[^(i + 1)] = values[i];
        }
        return Numbers.Make(all, x.Shape, x.Type, x.Device);
    }
}
