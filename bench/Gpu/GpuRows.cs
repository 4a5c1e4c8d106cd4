using MiniGrad.Bench.Peers;

namespace MiniGrad.Bench.Gpu;

/// <summary>What is timed on a GPU, what matters most first.</summary>
internal static class GpuRows
{
    public const string Networks = "networks";
    public const string Products = "products";
    public const string Convolutions = "convolutions";
    public const string Bandwidth = "bandwidth";

    private const int NormalizedImages = 512;

    private static readonly (NetworkShapes Network, int Batch)[] Subjects =
    [
        (NetworkTables.LeNet5, 1), (NetworkTables.LeNet5, 128), (NetworkTables.LeNet5, 4096), (NetworkTables.ResNet18Cifar, 256),
        (NetworkTables.ResNet50, 64), (NetworkTables.DeitSmall, 64), (NetworkTables.Wide28x10, 128),
    ];

    private static readonly (NetworkShapes Network, int Batch)[] Convolved =
        [(NetworkTables.ResNet18Cifar, 256), (NetworkTables.ResNet50, 64), (NetworkTables.Wide28x10, 128)];

    private static readonly int[] Sides = [8192, 4096, 2048, 1024, 512, 256];

    public static IReadOnlyList<GpuRow> All { get; } =
    [
        .. from work in (Work[])[Work.ForwardAndInputGradient, Work.Forward]
           from s in Subjects
           select new GpuRow(Networks, s.Batch, true, (device, batch) => NetworkRows.Row(s.Network, batch, work, device)),
        .. from side in Sides
           select new GpuRow(Products, side, side is 8192 or 4096 or 1024,
               (device, n) => ProductRows.Row(n, n, n, transposed: false, device)),
        .. from work in (Work[])[Work.Forward, Work.InputGradient]
           from s in Convolved
           from layer in s.Network.Convolutions
           let isQuick = work == Work.Forward && layer.Times >= 3
           select new GpuRow(Convolutions, s.Batch, isQuick,
               (device, batch) => ConvolutionRows.Row(s.Network.Name, layer, batch, work, device)),
        new(Bandwidth, 1 << 16, true, BandwidthRows.Add),
        new(Bandwidth, 1 << 16, true, BandwidthRows.Softmax),
        new(Bandwidth, NormalizedImages, true, (device, batch) => LayerRows.LayerNorm(batch, Work.Forward, device)),
    ];
}
