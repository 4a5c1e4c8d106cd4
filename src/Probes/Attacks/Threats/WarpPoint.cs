using System.Globalization;

namespace MiniGrad.Probes.Attacks;

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
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Degrees:0.#}°, {Math.Abs(Right):0.##} px {(Right < 0 ? "left" : "right")}, "
        + $"{Math.Abs(Down):0.##} px {(Down < 0 ? "up" : "down")}");

    /// <summary>The point of three shares of a warp's limits.</summary>
    internal static WarpPoint Of(Warp warp, ReadOnlySpan<double> shares) =>
        new(shares[0] * warp.Degrees, shares[1] * warp.Pixels, shares[2] * warp.Pixels);
}
