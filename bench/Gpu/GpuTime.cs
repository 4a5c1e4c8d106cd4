using System.Text.Json.Nodes;

namespace MiniGrad.Bench.Gpu;

/// <summary>A row that was timed, beside PyTorch's time of the same, if any.</summary>
internal sealed record GpuTime(JsonObject Row, double? TheirMilliseconds)
{
    public int Device { get; } = (int)Row["device"]!;

    public string Precision { get; } = (string)Row["precision"]!;

    public string Group { get; } = (string)Row["group"]!;

    public string Name { get; } = (string)Row["name"]!;

    public string Work { get; } = (string)Row["work"]!;

    /// <summary>The batch, or the side of a product.</summary>
    public int Size { get; } = (int)Row["size"]!;

    public double Milliseconds { get; } = (double)Row["ms"]!;

    /// <summary>PyTorch's time over ours: above 1 we are faster.</summary>
    public double? Ratio => TheirMilliseconds / Milliseconds;

    /// <summary>None for rows that only move memory.</summary>
    public double? Teraflops => (double)Row["flops"]! is > 0 and double flops ? flops / Milliseconds / 1e9 : null;

    public double Gigabytes => (double)Row["bytes"]! / Milliseconds / 1e6;

    /// <summary>Of the data sheet's arithmetic or, for rows without any, of its memory; none for an unknown card.</summary>
    public double? Share(CardPeaks? peaks) => peaks is null ? null
        : Teraflops is { } rate ? rate / (Precision == "tf32" ? peaks.Tensor : peaks.Single)
        : Gigabytes / peaks.Bytes;
}
