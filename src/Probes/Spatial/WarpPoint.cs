using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Spatial;

/// <summary>A parameter of a warp; its number is its place in a point.</summary>
public enum WarpAxis
{
    /// <summary>The angle in degrees, counter-clockwise positive.</summary>
    Angle,

    /// <summary>The shift to the right in pixels.</summary>
    Right,

    /// <summary>The shift down in pixels.</summary>
    Down,
}

/// <summary>A rotation and a shift.</summary>
/// <param name="Degrees">The angle, counter-clockwise positive.</param>
/// <param name="Right">Pixels to the right.</param>
/// <param name="Down">Pixels down.</param>
public readonly record struct WarpPoint(double Degrees, double Right, double Down)
{
    /// <summary>One of the three numbers.</summary>
    public double this[WarpAxis axis] => axis switch
    {
        WarpAxis.Angle => Degrees,
        WarpAxis.Right => Right,
        _ => Down,
    };

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Degrees:G6} degrees, right {Right:G6} px, down {Down:G6} px");

    /// <summary>The point of three shares of a warp's limits.</summary>
    internal static WarpPoint Of(Warp warp, ReadOnlySpan<double> shares) =>
        new(shares[0] * warp.Degrees, shares[1] * warp.Pixels, shares[2] * warp.Pixels);
}

/// <summary>What a classifier makes of an image at a point of a warp.</summary>
/// <param name="Loss">The cross-entropy of the label.</param>
/// <param name="Margin">The largest other logit minus the label's: positive where another class wins.</param>
/// <param name="Prediction">The class of the largest logit, the first of equals.</param>
public readonly record struct WarpScore(double Loss, double Margin, int Prediction)
{
    /// <summary>In double; where the label wins the loss is as exact as it is small.</summary>
    internal static WarpScore Of(ReadOnlySpan<double> logits, int label)
    {
        int top = Logits.Top(logits);
        double others = 0;
        double rival = double.NegativeInfinity;
        for (int k = 0; k < logits.Length; k++)
        {
            if (k != top) others += Math.Exp(logits[k] - logits[top]);
            if (k != label) rival = Math.Max(rival, logits[k]);
        }
        return new(logits[top] - logits[label] + Log1p(others), rival - logits[label], top);
    }

    // log(1 + x), exact for tiny x too: the rounding of 1 + x is divided out (Kahan).
    private static double Log1p(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }
}
