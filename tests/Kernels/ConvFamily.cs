using MiniGrad.Kernels;
using MiniGrad.Kernels.Cpu;

namespace MiniGrad.Tests.Kernels;

/// <summary>Which kernels a convolution of floats takes, by name; and shapes at whose edges they are tested.</summary>
internal static class ConvFamily
{
    /// <summary>Every family of the forward pass.</summary>
    public static readonly string[] Forwards =
        ["Winograd 4 × 4", "Winograd 2 × 2", "blocked", "one band", "bands", "plain product", "patch product", "patches side by side"];

    /// <summary>Every family of the input gradient.</summary>
    public static readonly string[] Backwards = [.. Forwards, "blocked phases", "phases"];

    /// <summary>Every family of the weight gradient.</summary>
    public static readonly string[] Weights = ["pixels", "taps in place", "tap product", "patches side by side"];

    public static string Forward(in ConvShape s) => CpuBackend.IsPatches(s) ? Forwards[^1] : Of(ConvPlan<float>.Forward(s));

    public static string Backward(in ConvShape s)
    {
        if (CpuBackend.IsPatches(s)) return Forwards[^1];
        ConvPlan<float>[] phases = ConvPlan<float>.Backward(s);
        return phases.Length == 1 ? Of(phases[0]) : phases[0].BlockedPhases is null ? "phases" : "blocked phases";
    }

    public static string Weight(in ConvShape s)
    {
        if (CpuBackend.IsPatches(s)) return Weights[^1];
        bool inPlace = DirectConvWeight<float>.Serves(ConvPlan<float>.Forward(s).Planes, s);
        return PixelConvWeight.Serves(s) && (s.Filters > Register<float>.Width || !inPlace) ? "pixels"
            : inPlace ? "taps in place" : "tap product";
    }

    private static string Of(ConvPlan<float> plan) => plan switch
    {
        { WinogradOutputs: > 0 } => $"Winograd {plan.WinogradOutputs} × {plan.WinogradOutputs}",
        { Blocked: not null } => "blocked",
        { BandRows: > 0 } => plan.BandRows == plan.Taps.OutHeight ? "one band" : "bands",
        { IsPlain: true } => "plain product",
        _ => "patch product",
    };

    /// <summary>
    /// Channels, filters and pixels beside the widths of registers, panels and tiles; images smaller than a register or a tile.
    /// With smaller registers the same shapes take other families.
    /// </summary>
    public static IEnumerable<ConvShape> Shapes()
    {
        // 3 × 3 without stride.
        yield return Square(1, 32, 7, 7, 32, 3, 1, 1);
        yield return Square(2, 33, 5, 9, 31, 3, 1, 0);
        yield return Square(5, 64, 4, 4, 48, 3, 1, 1);
        yield return Square(1, 48, 3, 6, 40, 3, 1, 2);
        yield return Square(2, 17, 16, 11, 70, 3, 1, 1);
        yield return Square(1, 64, 13, 14, 64, 3, 1, 1);
        yield return Square(1, 100, 8, 9, 30, 3, 1, 0);
        yield return Square(2, 40, 8, 5, 33, 3, 1, 1);
        yield return Square(1, 130, 4, 5, 95, 3, 1, 1);
        yield return Square(1, 16, 57, 6, 16, 3, 1, 1);
        yield return Square(2, 5, 9, 8, 64, 3, 1, 1);
        yield return Square(1, 64, 9, 7, 5, 3, 1, 1);
        yield return Square(1, 64, 19, 1, 64, 3, 1, 2);
        yield return Square(1, 40, 1, 23, 40, 3, 1, 2);
        // Two outputs along an axis, or weights too large for four.
        yield return Square(2, 64, 4, 4, 64, 3, 1, 0);
        yield return Square(2, 64, 2, 9, 60, 3, 1, 1);
        yield return Square(5, 65, 4, 6, 63, 3, 1, 0);
        yield return Square(1, 512, 4, 4, 480, 3, 1, 0);
        // Smaller than a register, and other kernels.
        yield return Square(1, 64, 3, 3, 64, 3, 1, 1);
        yield return Square(5, 37, 3, 4, 59, 3, 1, 0);
        yield return Square(2, 32, 3, 3, 32, 3, 1, 0);
        yield return Square(1, 33, 5, 4, 27, 2, 1, 1);
        yield return Square(2, 47, 9, 6, 64, 5, 1, 2);
        yield return Square(1, 35, 8, 9, 60, 7, 1, 2);
        yield return Square(5, 70, 5, 3, 90, 1, 1, 0);
        yield return Square(2, 32, 6, 7, 32, 1, 1, 1);
        yield return Square(1, 64, 9, 8, 29, 3, 1, 2, dilation: 2);
        yield return Square(2, 40, 11, 10, 58, 2, 1, 1, dilation: 3);
        // Strides.
        yield return Square(1, 32, 9, 9, 32, 3, 2, 1);
        yield return Square(2, 33, 8, 11, 61, 3, 2, 0);
        yield return Square(5, 64, 7, 5, 48, 3, 2, 2);
        yield return Square(1, 45, 10, 13, 30, 3, 3, 1);
        yield return Square(2, 64, 8, 8, 64, 1, 2, 0);
        yield return Square(1, 40, 7, 9, 62, 1, 3, 0);
        yield return Square(1, 36, 5, 5, 60, 2, 2, 0);
        yield return Square(1, 34, 14, 12, 32, 5, 2, 2);
        yield return Square(1, 38, 12, 15, 57, 7, 3, 2);
        yield return Square(2, 32, 3, 3, 32, 3, 3, 0);
        yield return Square(1, 32, 9, 10, 32, 3, 2, 2, dilation: 2);
        yield return new(2, 48, 9, 12, 56, 3, 2, 2, 1, 1, 0, 1, 2, 1);
        yield return new(1, 48, 8, 13, 31, 1, 3, 1, 3, 0, 2, 1, 1, 1);
        // Borders wider than the kernel reaches.
        yield return new(2, 40, 6, 7, 48, 3, 3, 1, 1, 3, 4, 1, 1, 1);
        yield return Square(1, 36, 5, 6, 47, 5, 1, 6);
        yield return Square(2, 33, 7, 6, 31, 3, 2, 4);
        yield return Square(1, 64, 5, 7, 64, 1, 3, 2);
        yield return Square(2, 5, 6, 20, 9, 3, 1, 5);
        // More images than a chunk of the weight gradient.
        yield return Square(70, 17, 3, 3, 24, 2, 1, 0);
        yield return Square(9, 3, 20, 30, 24, 3, 1, 1);
        yield return Square(67, 2, 4, 17, 5, 3, 1, 1);
        // Patches side by side, with pixels left over.
        yield return Square(2, 3, 17, 19, 48, 4, 4, 0);
        yield return Square(1, 40, 9, 8, 33, 3, 3, 0);
        yield return Square(5, 3, 8, 8, 7, 8, 8, 0);
        yield return new(2, 5, 9, 14, 20, 2, 3, 2, 3, 0, 0, 1, 1, 1);
        yield return new(1, 34, 1, 40, 32, 1, 2, 1, 2, 0, 0, 1, 1, 1);
        // A band is not the whole image.
        yield return Square(1, 64, 70, 40, 32, 3, 2, 1);
        yield return Square(1, 128, 30, 34, 30, 2, 1, 0);
        // Few channels: bands of bordered planes.
        yield return Square(2, 3, 17, 19, 8, 3, 1, 1);
        yield return Square(5, 1, 28, 28, 6, 5, 1, 2);
        yield return Square(1, 3, 23, 21, 64, 7, 2, 2);
        yield return Square(2, 6, 14, 14, 16, 5, 1, 0);
        yield return Square(1, 2, 9, 33, 2, 3, 1, 1);
        yield return Square(2, 4, 5, 70, 1, 3, 1, 0);
        yield return Square(1, 8, 130, 140, 5, 3, 1, 1);
        yield return Square(1, 12, 90, 100, 2, 3, 3, 1);
        yield return Square(1, 9, 97, 95, 11, 2, 1, 1, dilation: 2);
        // Groups.
        yield return Square(2, 8, 7, 9, 12, 3, 1, 1, groups: 4);
        yield return Square(1, 33, 10, 11, 33, 3, 2, 1, groups: 33);
        yield return Square(2, 64, 5, 6, 96, 3, 1, 1, groups: 2);
        yield return Square(5, 12, 9, 7, 6, 1, 1, 0, groups: 3);
        yield return Square(1, 6, 13, 20, 9, 5, 3, 2, groups: 3);
        // One tap, few channels; images far smaller than a register; rows too long for a band.
        yield return Square(2, 7, 9, 11, 20, 1, 1, 0);
        yield return Square(5, 20, 1, 1, 13, 1, 1, 0);
        yield return Square(2, 30, 3, 3, 7, 3, 1, 1);
        yield return Square(5, 18, 3, 2, 9, 2, 1, 1);
        yield return Square(1, 31, 3, 3, 5, 3, 2, 1);
        yield return Square(1, 30, 6, 900, 3, 3, 1, 1);
        yield return Square(1, 3, 5, 900, 31, 3, 1, 1);
    }

    private static ConvShape Square(
        int batch, int channels, int height, int width, int filters, int kernel, int stride, int pad, int dilation = 1, int groups = 1) =>
        new(batch, channels, height, width, filters, kernel, kernel, stride, stride, pad, pad, dilation, dilation, groups);
}
