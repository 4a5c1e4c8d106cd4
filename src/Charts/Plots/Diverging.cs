namespace MiniGrad.Charts.Plots;

/// <summary>A colour map for signed values: blue at -1, white at 0, red at 1, equally dark at both ends.</summary>
internal static class Diverging
{
    private static readonly int[] Anchors = [0x0B3C82, 0x3F7FBF, 0xA9CBE6, 0xFFFFFF, 0xF2B59B, 0xCF5643, 0x86101F];
    private static readonly double[] Positions = [0, 1 / 6.0, 1 / 3.0, 0.5, 2 / 3.0, 5 / 6.0, 1];

    /// <summary>The colour of a value; values outside [-1, 1] take the end colours.</summary>
    public static Rgb At(double value) => Rgb.Between(Anchors, Positions, (Math.Clamp(value, -1, 1) + 1) / 2);
}
