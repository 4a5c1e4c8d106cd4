using System.Globalization;

namespace MiniGrad.Charts.Plots;

/// <summary>An sRGB colour of 8 bits a channel.</summary>
internal readonly record struct Rgb(byte R, byte G, byte B)
{
    /// <summary>The colour as #rrggbb.</summary>
    public string Hex => string.Create(CultureInfo.InvariantCulture, $"#{R:x2}{G:x2}{B:x2}");

    internal static Rgb FromHex(int hex) => new((byte)(hex >> 16), (byte)(hex >> 8), (byte)hex);

    /// <summary>The colour at position t of [0, 1] between anchors; positions ascend from 0 to 1.</summary>
    internal static Rgb Between(ReadOnlySpan<int> anchors, ReadOnlySpan<double> positions, double t)
    {
        int k = 1;
        while (k < positions.Length - 1 && positions[k] < t) k++;
        double share = (t - positions[k - 1]) / (positions[k] - positions[k - 1]);
        Rgb low = FromHex(anchors[k - 1]);
        Rgb high = FromHex(anchors[k]);
        return new(Mix(low.R, high.R, share), Mix(low.G, high.G, share), Mix(low.B, high.B, share));
    }

    private static byte Mix(byte low, byte high, double share) => (byte)Math.Round(low + share * (high - low));
}
