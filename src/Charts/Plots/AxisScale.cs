namespace MiniGrad.Charts.Plots;

/// <summary>Maps values of [Minimum, Maximum] to drawing units of [Start, End], linearly or by logarithm.</summary>
public readonly record struct AxisScale(double Minimum, double Maximum, double Start, double End, bool IsLogarithmic)
{
    public double At(double value)
    {
        double share = IsLogarithmic
            ? Math.Log(value / Minimum) / Math.Log(Maximum / Minimum)
            : (value - Minimum) / (Maximum - Minimum);
        return Start + share * (End - Start);
    }

    /// <summary>True for a value the axis can show: finite, and positive on a log axis.</summary>
    public bool CanShow(double value) => double.IsFinite(value) && (!IsLogarithmic || value > 0);
}
